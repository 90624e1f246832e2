"""What the forecast counts, as conditions over deals: the same for its sums and for the lists behind them.

A deal that was won counts in the month in which it was closed, an open one in that of its expected close. What was
lost or deleted, is left out of the forecast, or should have been closed before today, counts nowhere.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.db.models import DecimalField, F, FilteredRelation, Q, QuerySet, Value
from django.db.models.functions import Coalesce
from django.db.models.lookups import GreaterThan, LessThan
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from sales.choices import ForecastCategory, StageKind
from sales.models import Deal

#: sold, and not taken back since
WON = Q(state=StageKind.WON, is_taken_back=False)
OPEN = Q(state=StageKind.OPEN)
FURTHEST = 12
COUNTED = (ForecastCategory.COMMIT, ForecastCategory.BEST_CASE, ForecastCategory.PIPELINE)
NONE = Value(Decimal(0), DecimalField(max_digits=20, decimal_places=2))

BLOCKS = (
    ("closed", _("Closed")),
    ("committed", _("Committed")),
    ("best", _("Best case")),
    ("weighted", _("Weighted")),
    ("open", _("Open, still expected")),
    ("overdue", _("Overdue close, not counted")),
)


def live(today: date) -> Q:
    """Open deals that may still come in as expected."""
    return OPEN & Q(close_on__gte=today) & ~Q(forecast_category=ForecastCategory.OMITTED)


def in_block(name: str, today: date) -> Q:
    sure = Q(forecast_category=ForecastCategory.COMMIT)
    match name:
        case "closed":
            return WON
        case "committed":
            return WON | (live(today) & sure)
        case "best":
            return WON | (live(today) & (sure | Q(forecast_category=ForecastCategory.BEST_CASE)))
        case "weighted":
            return WON | live(today)
        case "open":
            return live(today)
    return OPEN & Q(close_on__lt=today) & ~Q(forecast_category=ForecastCategory.OMITTED)


@dataclass(frozen=True)
class Span:
    """Some months in a row; written `2026-11`, or `2026-11..2027-04`."""

    first: date
    months: int = 1

    @property
    def end(self) -> date:
        """The first day that lies behind them."""
        return later(self.first, self.months)

    @property
    def days(self) -> Q:
        return Q(close_on__gte=self.first, close_on__lt=self.end)

    def each(self) -> list["Span"]:
        return [Span(later(self.first, number)) for number in range(self.months)]

    @property
    def words(self) -> str:
        """`November 2026 – April 2027`."""
        first, last = (date_format(month, "F Y") for month in (self.first, later(self.end, -1)))
        return first if self.months == 1 else f"{first} – {last}"

    def __str__(self) -> str:
        last = later(self.first, self.months - 1)
        return f"{self.first:%Y-%m}" if self.months == 1 else f"{self.first:%Y-%m}..{last:%Y-%m}"


def later(month: date, months: int) -> date:
    """The first day of the month so many months later."""
    count = month.year * 12 + month.month - 1 + months
    return date(count // 12, count % 12 + 1, 1)


def read_month(text: str) -> date | None:
    """The first day of `2026-11`."""
    year, dash, month = text.partition("-")
    if not (dash and year.isascii() and year.isdecimal() and month.isascii() and month.isdecimal()):
        return None
    return date(int(year), int(month), 1) if 2000 <= int(year) <= 2200 and 1 <= int(month) <= 12 else None


def read_span(text: str) -> Span | None:
    begin, _dots, end = text.partition("..")
    first, last = read_month(begin), read_month(end or begin)
    if first is None or last is None or last < first:
        return None
    return Span(first, (last.year - first.year) * 12 + last.month - first.month + 1)


# --- what changed since a day that was noted ------------------------------------------------------------------------

CHANGES = (
    ("begun", _("Expected then")),
    ("new", _("New")),
    ("moved_in", _("Moved in")),
    ("up", _("Amount up")),
    ("down", _("Amount down")),
    ("moved_out", _("Moved out")),
    ("won", _("Won")),
    ("lost", _("Lost")),
    ("now", _("Expected now")),
)


def compared(rows: QuerySet[Deal], since: date) -> QuerySet[Deal]:
    """Deals with `was`: what was noted of each on a day; nothing of those that came later."""
    return rows.annotate(was=FilteredRelation("snapshots", condition=Q(snapshots__day=since)))


def changed(name: str, span: Span, since: date, today: date) -> Q:
    """Compared deals by what became of them; together the changes lead from what was expected to what is."""
    then = Q(
        was__state=StageKind.OPEN,
        was__close_on__gte=max(span.first, since),
        was__close_on__lt=span.end,
        was__forecast_category__in=COUNTED,
    )
    elsewhere = (
        Q(was__state__in=(StageKind.WON, StageKind.LOST))
        | Q(was__close_on__lt=max(span.first, since))
        | Q(was__close_on__gte=span.end)
        | Q(was__forecast_category=ForecastCategory.OMITTED)
    )
    now = live(today) & span.days
    before, after = Coalesce(F("was__base_amount"), NONE), Coalesce(F("base_amount"), NONE)
    match name:
        case "begun":
            return then
        case "new":
            return now & Q(was__id=None)
        case "moved_in":
            return now & elsewhere
        case "up":
            return now & then & Q(GreaterThan(after, before))
        case "down":
            return now & then & Q(LessThan(after, before))
        case "moved_out":
            return then & OPEN & ~now
        case "won":
            return then & WON
        case "lost":
            return then & Q(state=StageKind.LOST)
    return now


def week_ago(today: date) -> date:
    return today - timedelta(days=7)
