"""Days of a rule: fixed, or told from today. Pure calendar arithmetic."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta

DAY = timedelta(days=1)
UNITS = ("day", "week", "month", "year")
PERIODS = (
    "today", "yesterday", "tomorrow", "this_week", "last_week", "next_week", "this_month", "last_month", "next_month",
    "this_quarter", "last_quarter", "next_quarter", "this_year", "last_year", "next_year",
)  # fmt: skip
MONTHS_OF = {"month": 1, "quarter": 3, "year": 12}


@dataclass(frozen=True)
class Length:
    """So many days, weeks, months or years."""

    count: int
    unit: str


@dataclass(frozen=True)
class Span:
    """Days from `start` (included) to `end` (left out); None is open."""

    start: date | None
    end: date | None

    @classmethod
    def of(cls, day: date) -> "Span":
        return cls(day, day + DAY)

    @classmethod
    def between(cls, first: date, last: date) -> "Span":
        """Both days included."""
        return cls(first, last + DAY)

    @classmethod
    def following(cls, day: date) -> "Span":
        return cls(day + DAY, None)


def months_later(day: date, months: int) -> date:
    """The same day of another month, or that month's last."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def ahead(length: Length, today: date) -> date:
    """The day that lies so far ahead of today. Raises OverflowError or ValueError beyond the calendar."""
    if length.unit == "day":
        return today + timedelta(days=length.count)
    if length.unit == "week":
        return today + timedelta(weeks=length.count)
    return months_later(today, length.count * MONTHS_OF[length.unit])


def ago(length: Length, today: date) -> date:
    return ahead(Length(-length.count, length.unit), today)


def period(name: str, today: date, first_weekday: int = 0) -> Span:
    """The days of a period named from today; weeks begin on `first_weekday` (0 is Monday)."""
    single = {"today": 0, "yesterday": -1, "tomorrow": 1}
    if name in single:
        return Span.of(today + timedelta(days=single[name]))
    which, _mark, unit = name.partition("_")
    step = {"this": 0, "last": -1, "next": 1}[which]
    if unit == "week":
        start = today - timedelta(days=(today.weekday() - first_weekday) % 7) + timedelta(weeks=step)
        return Span(start, start + timedelta(weeks=1))
    months = MONTHS_OF[unit]
    begin = date(today.year, (today.month - 1) // months * months + 1, 1)
    start = months_later(begin, step * months)
    return Span(start, months_later(start, months))
