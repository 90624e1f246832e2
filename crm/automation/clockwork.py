"""When the clock wakes an automation. Pure: wall time of the company, DST included."""

from calendar import monthrange
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

DAY = timedelta(days=1)
HOURS = range(24)
FARTHEST_DAYS = 730


def next_time(trigger: Mapping[str, Any], after: datetime, zone: ZoneInfo) -> datetime:
    """The first moment later than `after` at which the trigger says; the hour is that of the zone's clocks."""
    day = after.astimezone(zone).date()
    while True:
        moment = wall(day, int(trigger.get("hour", 7)), zone)
        if moment > after and falls_on(trigger, day):
            return moment
        day += DAY


def wall(day: date, hour: int, zone: ZoneInfo) -> datetime:
    """An hour of a day; one that the clocks leave out is the moment after the gap."""
    return datetime.combine(day, time(hour), zone).astimezone(UTC)


def falls_on(trigger: Mapping[str, Any], day: date) -> bool:
    every = trigger.get("every", "day")
    if every == "week":
        return day.weekday() == int(trigger.get("weekday", 0))
    if every == "month":
        return day.day == min(int(trigger.get("day", 1)), monthrange(day.year, day.month)[1])
    return True


def days_due(offset: int, last: date | None, today: date) -> tuple[date, date]:
    """The dates whose turn it is today, from the first to the last: `offset` days after them (before, if negative).

    Days on which nobody looked are made up for, a week of them at most.
    """
    first = max(last + DAY, today - 6 * DAY) if last else today
    shift = timedelta(days=offset)
    return min(first, today) - shift, today - shift
