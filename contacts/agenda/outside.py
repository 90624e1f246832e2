"""What lies in the calendars that people connected: with its title for its owner, for everybody else just busy."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from contacts.agenda.window import Window
from contacts.models import CalendarTime
from crm.calendars.arithmetic import Span
from crm.company.selectors import company
from crm.staff.models import User

#: what became a meeting of ours is shown as one
SHOWN = Q(task=None) | Q(task__deleted_at__isnull=False)


@dataclass
class Outside:
    """As a calendar shows it, beside Item (contacts.agenda.reading); without times it takes whole days."""

    time: CalendarTime
    owner: User
    title: str
    url: str
    starts: datetime | None
    ends: datetime | None
    first: date
    last: date
    tone: str
    names_owner: bool

    is_outside = True

    @cached_property
    def pk(self) -> str:
        return f"outside-{self.time.pk}"

    @property
    def when(self) -> str:
        return f"{self.starts:%H:%M} – {self.ends:%H:%M}" if self.starts else _("All day")

    @property
    def clock(self) -> str:
        return f"{self.starts:%H:%M}" if self.starts else ""

    @property
    def facts(self) -> str:
        return " · ".join(filter(None, (self.title, str(self.owner) if self.names_owner else "")))

    @property
    def css(self) -> str:
        return f"outside tone-{self.tone}"


def times_between(start: datetime, end: datetime) -> QuerySet[CalendarTime]:
    return CalendarTime.objects.filter(SHOWN, starts_at__lt=end, ends_at__gt=start)


def outsides(user: User, window: Window, shown: Iterable[User], tones: dict[int, str]) -> list[Outside]:
    """In order. What keeps nobody from meeting is its owner's own business."""
    people = {person.pk: person for person in shown}
    is_told = Q(is_busy=True) | Q(account__user=user)
    rows = times_between(*window.span).filter(is_told, account__user__in=people)
    found = rows.select_related("account").order_by("starts_at", "pk")
    return [outside(user, window, time, people, tones) for time in found]


def outside(
    user: User, window: Window, time: CalendarTime, people: dict[int, User], tones: dict[int, str]
) -> Outside:
    owner = people[time.account.user_id]
    is_own = owner.pk == user.pk
    zone = ZoneInfo(owner.time_zone or company().time_zone)
    last = max(time.starts_at, time.ends_at - timedelta(microseconds=1))
    return Outside(
        time=time,
        owner=owner,
        title=time.title if is_own else _("Busy"),
        url=reverse("contacts:calendar-time", args=[time.pk]) if is_own else "",
        starts=None if time.is_all_day else window.local(time.starts_at),
        ends=None if time.is_all_day else window.local(time.ends_at),
        first=time.starts_at.astimezone(zone).date(),
        last=last.astimezone(zone).date(),
        tone=tones[owner.pk],
        names_owner=len(people) > 1,
    )


def busy(user_id: int, start: datetime, end: datetime) -> list[Span]:
    """When the calendars that somebody connected keep them from meeting."""
    rows = times_between(start, end).filter(account__user=user_id, is_busy=True)
    return list(rows.values_list("starts_at", "ends_at"))
