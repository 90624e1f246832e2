"""Business time: pure arithmetic in UTC over the hours that a clock on the wall of some zone shows. Knows no Django.

A place is open while its wall clock shows a time within the hours of that day of the week, unless the day is a day off.
So an hour that is repeated in autumn counts twice and one that is left out in spring does not count. All moments are
aware; durations are real time.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

DAY = timedelta(days=1)
MINUTES_OF_DAY = 24 * 60
#: after so many days without an open minute a calendar counts as closed for good
HORIZON_DAYS = 3 * 366
#: a clock is asked for its offset so often, around a day; changes of it are further apart
STEP = timedelta(hours=8)

Hours = tuple[
    tuple[int, int], ...
]  # ((from minute, to minute), ...) of one day, ascending, apart; 1440 is midnight
Span = tuple[datetime, datetime]


class NeverOpen(Exception):
    """The calendar has no open hours within the horizon."""


def no_days_off(_year: int) -> frozenset[date]:
    return frozenset()


@dataclass(frozen=True)
class WorkingTime:
    """The zone of the clock, the hours of each day of the week (Monday first), and the days off of a year."""

    zone: ZoneInfo
    week: tuple[Hours, Hours, Hours, Hours, Hours, Hours, Hours]
    days_off: Callable[[int], frozenset[date]] = no_days_off
    extra_days: frozenset[date] = frozenset()  # open although they are days off

    def __post_init__(self) -> None:
        for hours in self.week:
            check_hours(hours)

    def hours_of(self, day: date) -> Hours:
        is_off = day in self.days_off(day.year) and day not in self.extra_days
        return () if is_off else self.week[day.weekday()]

    def is_open(self, moment: datetime) -> bool:
        local = moment.astimezone(self.zone)
        minute = local.hour * 60 + local.minute
        return any(start <= minute < end for start, end in self.hours_of(local.date()))

    def next_open(self, moment: datetime) -> datetime:
        """The moment itself when it is open, else the next opening. Raises NeverOpen."""
        return next(start for start, _end in spans(self, moment))

    def add(self, moment: datetime, duration: timedelta) -> datetime:
        """The first moment at which `duration` of open time has passed. Raises NeverOpen, ValueError below zero."""
        if duration < timedelta(0):
            raise ValueError("Only time to come can be added.")
        if not duration:
            return moment.astimezone(UTC)
        left = duration
        for start, end in spans(self, moment):
            if end - start >= left:
                return start + left
            left -= end - start
        raise NeverOpen

    def between(self, start: datetime, end: datetime) -> timedelta:
        """Open time from one moment to another; negative when the second comes first."""
        if end < start:
            return -self.between(end, start)
        total, end = timedelta(0), end.astimezone(UTC)
        day, last = local_days(self.zone, start, end)
        while day <= last:
            for opening, closing in spans_of(self.zone, self.hours_of(day), day):
                total += max(timedelta(0), min(closing, end) - max(opening, start))
            day += DAY
        return total


def check_hours(hours: Hours) -> None:
    """Raises ValueError unless the intervals are ascending, apart and within a day."""
    last = -1
    for start, end in hours:
        if not last < start < end <= MINUTES_OF_DAY:
            raise ValueError("Hours must be ascending, apart, and within one day.")
        last = end


def local_days(zone: ZoneInfo, start: datetime, end: datetime) -> tuple[date, date]:
    return start.astimezone(zone).date(), end.astimezone(zone).date()


def spans(calendar: WorkingTime, moment: datetime) -> Iterator[Span]:
    """Open spans in UTC from the moment on, ascending and without end. Raises NeverOpen when there are none."""
    moment = moment.astimezone(UTC)
    day, closed_for = moment.astimezone(calendar.zone).date(), 0
    while closed_for <= HORIZON_DAYS:
        closed_for += 1
        for start, end in spans_of(calendar.zone, calendar.hours_of(day), day):
            if end > moment:
                closed_for = 0
                yield max(start, moment), end
        day += DAY
    raise NeverOpen


@lru_cache(maxsize=8192)
def spans_of(zone: ZoneInfo, hours: Hours, day: date) -> tuple[Span, ...]:
    """When the clock of the zone shows these hours of this day, in UTC."""
    if not hours:
        return ()
    midnight = datetime.combine(day, time(), tzinfo=UTC)
    found = []
    for since, until, offset in pieces(zone, midnight):
        for start, end in hours:
            opening = max(since, midnight + timedelta(minutes=start) - offset)
            closing = min(until, midnight + timedelta(minutes=end) - offset)
            if opening < closing:
                found.append((opening, closing))
    return tuple(sorted(found))


def pieces(zone: ZoneInfo, midnight: datetime) -> list[tuple[datetime, datetime, timedelta]]:
    """The time around a day cut where the zone's offset from UTC changes: (from, to, offset)."""
    start, end = midnight - timedelta(hours=24), midnight + timedelta(hours=48)
    cuts, moment = [start], start
    while moment < end:
        following = moment + STEP
        if offset_at(zone, moment) != offset_at(zone, following):
            cuts.append(change_between(zone, moment, following))
        moment = following
    return [
        (since, until, offset_at(zone, since)) for since, until in zip(cuts, [*cuts[1:], end], strict=True)
    ]


def change_between(zone: ZoneInfo, before: datetime, after: datetime) -> datetime:
    """The first second with the offset of `after`."""
    low, high = int(before.timestamp()), int(after.timestamp())
    new = offset_at(zone, after)
    while high - low > 1:
        middle = (low + high) // 2
        if offset_at(zone, datetime.fromtimestamp(middle, UTC)) == new:
            high = middle
        else:
            low = middle
    return datetime.fromtimestamp(high, UTC)


def offset_at(zone: ZoneInfo, moment: datetime) -> timedelta:
    return moment.astimezone(zone).utcoffset() or timedelta(0)
