"""The day and the moment of an order."""

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from django.utils import timezone

from crm.company.selectors import company, company_day

NOON = time(12)


def noon_of(day: date) -> datetime:
    """An order known by its day alone stands at noon of the company's zone."""
    return datetime.combine(day, NOON, tzinfo=ZoneInfo(company().time_zone))


def moment_of(day: date) -> datetime:
    """When an order of that day is placed: now if it is today, else only the day is known."""
    return timezone.now() if day == company_day() else noon_of(day)


def midnight_of(day: date) -> datetime:
    """When a day begins in the company's zone."""
    return datetime.combine(day, time(), tzinfo=ZoneInfo(company().time_zone))


def has_clock(placed_at: datetime, placed_on: date) -> bool:
    """Whether more than the day is known. Noon to the microsecond is taken for the mark of a day alone."""
    return placed_at != noon_of(placed_on)
