"""The times that a booking page offers: the company's hours, without absences and what its owner has planned."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils import timezone

from contacts.agenda.free import starts
from contacts.agenda.outside import busy
from contacts.models import BookingPage, Task
from contacts.models.engagement import LONGEST
from crm.calendars.arithmetic import Span, WorkingTime, spans_of
from crm.calendars.models import Absence
from crm.calendars.selectors import day_of, working_time
from crm.company.selectors import company

ONE_DAY = timedelta(days=1)


def offered(page: BookingPage, first: date, last: date, *, apart_from: int = 0) -> list[datetime]:
    """Free starts on these days of the company's calendar, in order. Five queries."""
    now = timezone.now()
    hours = working_time()
    last = min(last, day_of(page.user) + ONE_DAY * page.days_ahead)
    openings = list(opened(hours, first, last))
    if not openings:
        return []
    busy = planned(page, openings[0][0], openings[-1][1], apart_from)
    earliest = now + timedelta(hours=page.notice_hours)
    found = starts(openings, busy, page.lasts, page.pause, earliest)
    away, zone = absent(page, first, last), ZoneInfo(page.user.time_zone or company().time_zone)
    return [start for start in found if start.astimezone(zone).date() not in away]


def opened(hours: WorkingTime, first: date, last: date) -> Iterator[Span]:
    for index in range((last - first).days + 1):
        day = first + ONE_DAY * index
        yield from spans_of(hours.zone, hours.hours_of(day), day)


def planned(page: BookingPage, start: datetime, end: datetime, apart_from: int) -> list[Span]:
    """What keeps the owner from meeting, whoever may see it."""
    pause = page.pause
    rows = Task.objects.filter(
        owner=page.user_id,
        deleted_at=None,
        done_at=None,
        starts_at__gte=start - LONGEST,
        starts_at__lt=end + pause,
        ends_at__gt=start - pause,
    ).exclude(pk=apart_from)
    own = [(begins, ends) for begins, ends in rows.values_list("starts_at", "ends_at") if begins and ends]
    return own + busy(page.user_id, start - pause, end + pause)


def absent(page: BookingPage, first: date, last: date) -> set[date]:
    rows = Absence.objects.filter(
        owner=page.user_id, starts_on__lte=last + ONE_DAY, ends_on__gte=first - ONE_DAY
    )
    return {
        starts_on + ONE_DAY * index
        for starts_on, ends_on in rows.values_list("starts_on", "ends_on")
        for index in range((ends_on - starts_on).days + 1)
    }


def is_offered(page: BookingPage, start: datetime, *, apart_from: int = 0) -> bool:
    day = start.date()
    return start in offered(page, day - ONE_DAY, day + ONE_DAY, apart_from=apart_from)
