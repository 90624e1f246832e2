"""Days in an address: `2026-11-01..2026-11-30`, both included."""

from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import django_filters
from django.db.models import QuerySet

from crm.company.reading import short_day
from crm.company.selectors import company

EARLIEST, LATEST = date(2000, 1, 1), date(2200, 1, 1)
Days = tuple[date, date]


def read_days(text: str) -> Days | None:
    """The first and the last; None for what cannot be read."""
    begin, dots, end = text.partition("..")
    try:
        first, last = date.fromisoformat(begin), date.fromisoformat(end if dots else begin)
    except ValueError:
        return None
    return (first, last) if EARLIEST <= first <= last <= LATEST else None


def days_words(days: Days) -> str:
    return " – ".join(short_day(day) for day in days)


def moments(days: Days) -> tuple[datetime, datetime]:
    """From the first moment of these days to the first one after them, where the company is."""
    zone = ZoneInfo(company().time_zone)
    first, end = days[0], days[1] + timedelta(days=1)
    return datetime.combine(first, time(), zone), datetime.combine(end, time(), zone)


class MomentsFilter(django_filters.CharFilter):
    """Rows of which a moment lies on some days."""

    def filter(self, qs: QuerySet[Any], value: str) -> QuerySet[Any]:
        if not value:
            return qs
        days = read_days(value)
        if days is None:
            return qs.none()
        first, end = moments(days)
        return qs.filter(**{f"{self.field_name}__gte": first, f"{self.field_name}__lt": end})

    def text_of(self, value: str) -> str:
        days = read_days(value)
        return days_words(days) if days else value
