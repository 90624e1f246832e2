"""What happens once for each person on each day of theirs, however often and wherever the clock strikes."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from django.db import IntegrityError, transaction
from django.utils import timezone

from crm.company.selectors import company
from crm.notifications.models import DayMark
from crm.staff.models import User


def zone_of(user: User) -> ZoneInfo:
    return ZoneInfo(user.time_zone or company().time_zone)


def moment_of(user: User, clock: time, now: datetime) -> datetime:
    """This time of day, on the day that it is for the person now."""
    zone = zone_of(user)
    return datetime.combine(now.astimezone(zone).date(), clock, tzinfo=zone)


def due(users: Iterable[User], clock: time, now: datetime | None = None) -> Iterator[tuple[User, date]]:
    """(person, their day) of those for whom it is this time of day or later."""
    now = now or timezone.now()
    for user in users:
        moment = moment_of(user, clock, now)
        if now >= moment:
            yield user, moment.date()


def first_today(user: User, name: str, day: date) -> bool:
    """Whether the caller's transaction is the first to do this for the person on this day; waits for one at work."""
    try:
        with transaction.atomic():
            DayMark.objects.create(user=user, name=name, day=day)
    except IntegrityError:
        return False
    return True
