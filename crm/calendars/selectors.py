"""Reading business hours and absences."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from crm.access.querysets import AccessQuerySet
from crm.access.services import find
from crm.calendars.arithmetic import WorkingTime
from crm.calendars.models import Absence, BusinessCalendar
from crm.calendars.public_holidays import public_holidays
from crm.company.selectors import company
from crm.staff.models import User


def calendars(user: User) -> AccessQuerySet[BusinessCalendar]:
    return BusinessCalendar.objects.visible_to(user)


def calendar_find(user: User, pk: int) -> BusinessCalendar:
    """Raises Http404 for the invisible."""
    return find(BusinessCalendar.objects.all(), user, pk)


def default_calendar() -> BusinessCalendar:
    """The company's hours; before anybody set them, Monday to Friday nine to five in its zone (not saved)."""
    found = BusinessCalendar.objects.filter(is_default=True).first()
    place = company()
    return found or BusinessCalendar(
        name=_("Office hours"), time_zone=place.time_zone, country=place.country, is_default=True
    )


def working_time(calendar: BusinessCalendar | None = None) -> WorkingTime:
    """What to reckon with, for one calendar or the company's; read once and used for many rows."""
    calendar = calendar or default_calendar()
    own = dict(calendar.own_days.values_list("day_on", "is_open")) if calendar.pk else {}
    closed = frozenset(day for day, is_open in own.items() if not is_open)
    country, region = calendar.country, calendar.region

    def days_off(year: int) -> frozenset[date]:
        return closed | public_holidays(country, region, year).keys()

    return WorkingTime(
        zone=ZoneInfo(calendar.time_zone),
        week=calendar.hours,
        days_off=days_off,
        extra_days=frozenset(own) - closed,
    )


@dataclass(frozen=True)
class Day:
    """A day that is special in a calendar; `own_pk` names the row that says so, if there is one."""

    on: date
    name: str
    is_open: bool
    own_pk: int | None = None
    is_public: bool = False


def special_days(calendar: BusinessCalendar, year: int) -> list[Day]:
    """Public holidays and own days of a year, in order."""
    public = public_holidays(calendar.country, calendar.region, year)
    own = {day.day_on: day for day in calendar.own_days.filter(day_on__year=year)}
    days = [
        Day(
            on,
            name,
            own[on].is_open if on in own else False,
            own[on].pk if on in own else None,
            is_public=True,
        )
        for on, name in public.items()
    ]
    days += [Day(row.day_on, row.name, row.is_open, row.pk) for on, row in own.items() if on not in public]
    return sorted(days, key=lambda day: day.on)


def absences(user: User) -> AccessQuerySet[Absence]:
    return Absence.objects.visible_to(user).select_related("owner", "substitute")


def absence_find(user: User, pk: int) -> Absence:
    """Raises Http404 for the invisible."""
    return find(Absence.objects.select_related("owner", "substitute"), user, pk)


def day_of(user: User, moment: datetime | None = None) -> date:
    """The calendar day where this person is."""
    zone = ZoneInfo(user.time_zone or company().time_zone)
    return (moment or timezone.now()).astimezone(zone).date()


def absences_on(day: date) -> QuerySet[Absence]:
    return Absence.objects.filter(starts_on__lte=day, ends_on__gte=day).order_by("pk")


def away_on(day: date) -> Mapping[int, int | None]:
    """{who is away: who stands in}."""
    return dict(absences_on(day).values_list("owner_id", "substitute_id"))


def present(user: User, day: date | None = None) -> User | None:
    """The person, or whoever stands in for them on that day; None when everybody on the way is away."""
    day = day or day_of(user)
    away, pk, seen = away_on(day), user.pk, set()
    while pk is not None and pk in away and pk not in seen:
        seen.add(pk)
        pk = away[pk]  # type: ignore[assignment]
    if pk is None or pk in away:
        return None
    return User.objects.filter(pk=pk, is_active=True).first()
