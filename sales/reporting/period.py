"""The days that a report is about, and those it is compared with."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from crm.lists.days import days_words, moments, read_days
from sales.forecasting import Span, later

PERIODS = (
    ("month", _("This month")),
    ("last-month", _("Last month")),
    ("quarter", _("This quarter")),
    ("last-quarter", _("Last quarter")),
    ("year", _("This year")),
    ("last-year", _("Last year")),
    ("custom", _("Other days")),
)
MONTHS = {"month": 1, "quarter": 3, "year": 12}
USUAL = "quarter"
LONGEST_DAYS = 366 * 5


@dataclass(frozen=True)
class Period:
    """The days from `first` to `last`, both included; written `2026-11-01..2026-11-30`."""

    first: date
    last: date

    def __str__(self) -> str:
        return f"{self.first.isoformat()}..{self.last.isoformat()}"

    @property
    def words(self) -> str:
        return days_words((self.first, self.last))

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    @property
    def closing(self) -> Q:
        """Deals closed, or expected to be closed, on these days."""
        return Q(close_on__gte=self.first, close_on__lte=self.last)

    @property
    def moments(self) -> tuple[datetime, datetime]:
        """From the first moment to the first one after, where the company is."""
        return moments((self.first, self.last))

    def inside(self, name: str) -> Q:
        """A moment on these days."""
        first, end = self.moments
        return Q(**{f"{name}__gte": first, f"{name}__lt": end})

    @property
    def span(self) -> Span | None:
        """The same as whole months, for which there are quotas; None where it is not."""
        if self.first.day != 1 or next_day(self.last).day != 1:
            return None
        end = next_day(self.last)
        return Span(self.first, (end.year - self.first.year) * 12 + end.month - self.first.month)

    def until(self, day: date) -> "Period":
        """What of it lies no later than a day."""
        return Period(self.first, max(self.first, min(self.last, day)))


def next_day(day: date) -> date:
    return day + timedelta(days=1)


def months_from(first: date, months: int) -> Period:
    return Period(first, later(first, months) - timedelta(days=1))


def named(name: str, today: date) -> Period:
    """`quarter`, `last-year` ... of a day."""
    months = MONTHS[name.removeprefix("last-")]
    first = date(today.year, (today.month - 1) // months * months + 1, 1)
    return months_from(later(first, -months) if name.startswith("last-") else first, months)


def before(period: Period, today: date) -> Period:
    """The days before, as many; of a period that is not over just as much of the one before it."""
    span = period.span
    whole = (
        months_from(later(span.first, -span.months), span.months)
        if span
        else Period(period.first - timedelta(days=period.days), period.first - timedelta(days=1))
    )
    if not period.first <= today < period.last:
        return whole
    return whole.until(whole.first + (today - period.first))


def read_period(text: str) -> Period | None:
    """`2026-11-01..2026-11-30`; None for what cannot be read."""
    days = read_days(text)
    return Period(*days) if days and (days[1] - days[0]).days < LONGEST_DAYS else None
