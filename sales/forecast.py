"""Adding up the forecast: by month and by owner, team or pipeline, of the deals that the reader may see."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, DecimalField, F, Sum, Value
from django.db.models.functions import Cast, Coalesce, TruncMonth
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.access.services import allowed
from crm.company.selectors import company_day
from crm.staff.models import Team, User
from sales.forecasting import Span, in_block
from sales.models import Pipeline, Quota
from sales.selectors import deals

NONE = Decimal(0)
#: of a deal that nothing was learnt of yet the probability set by hand counts
CHANCE = Coalesce(
    Cast("chance__probability", DecimalField(max_digits=5, decimal_places=4)),
    F("probability") / Value(Decimal(100)),
    output_field=DecimalField(max_digits=5, decimal_places=4),
)
BY: dict[str, str | Promise] = {
    "owner": gettext_lazy("Owner"),
    "team": gettext_lazy("Team"),
    "pipeline": gettext_lazy("Pipeline"),
}


@dataclass
class Sums:
    """What is expected, in the company's currency; `quota` is None where none is set or none may be seen.

    `learned` weighs open deals by the learned probability, of those that have none (`told` counts the others) by that
    set by hand.
    """

    closed: Decimal = NONE
    committed: Decimal = NONE
    best: Decimal = NONE
    weighted: Decimal = NONE
    learned: Decimal = NONE
    told: int = 0
    overdue: Decimal = NONE
    quota: Decimal | None = None

    def add(self, other: "Sums") -> None:
        for each in fields(self):
            if each.name != "quota":
                setattr(self, each.name, getattr(self, each.name) + getattr(other, each.name))
        if other.quota is not None:
            self.quota = (self.quota or NONE) + other.quota

    @property
    def attainment(self) -> Decimal | None:
        return self.closed / self.quota if self.quota else None

    @property
    def gap(self) -> Decimal | None:
        """What is still to be sold to reach the quota; nothing once it is reached."""
        return None if self.quota is None else max(self.quota - self.closed, NONE)


@dataclass(frozen=True)
class Row:
    """A line of the forecast, with the address of the list behind each of its numbers."""

    label: str
    span: Span
    sums: Sums
    narrowed: dict[str, str]

    @property
    def doors(self) -> dict[str, str]:
        names = ("closed", "committed", "best", "weighted", "overdue")
        return {name: self.door(name) for name in names} | {
            "learned": self.door("weighted"),
            "quota": self.door("closed"),
            "gap": self.door("open"),
        }

    def door(self, name: str) -> str:
        month = {} if name == "overdue" else {"month": str(self.span)}
        return f"{reverse('sales:deal-list')}?{urlencode({'forecast': name, **month, **self.narrowed})}"


Key = tuple[date | None, int | None]


def sums_by_key(user: User, span: Span, by: str) -> dict[Key, Sums]:
    """By (month, key of the owner, team or pipeline); what is overdue stands below the month None. One query."""
    today = company_day()
    amounts: dict[str, Any] = {
        name: Sum("base_amount", filter=in_block(name, today))
        for name in ("closed", "committed", "best", "overdue")
    }
    sold, expected = Sum("base_amount", filter=in_block("closed", today)), in_block("weighted", today)
    coming = expected & ~in_block("closed", today)
    amounts |= {
        "sold": sold,
        "weighed": Sum("weighted_amount", filter=coming),
        "learned": Sum(F("base_amount") * CHANCE, filter=coming),
        "told": Count("chance", filter=coming),
    }
    rows = deals(user).filter((span.days & expected) | in_block("overdue", today))
    rows = (
        rows.annotate(month=TruncMonth("close_on")).order_by().values("month", f"{by}_id").annotate(**amounts)
    )
    found: dict[Key, Sums] = defaultdict(Sums)
    for row in rows:
        key = row[f"{by}_id"]
        found[None, key].overdue += row["overdue"] or NONE
        if span.first <= row["month"] < span.end:
            found[row["month"], key].add(counted(row))
    return found


def counted(row: dict[str, Any]) -> Sums:
    names = ("closed", "committed", "best", "sold", "weighed", "learned")
    amount = {name: row[name] or NONE for name in names}
    return Sums(
        amount["closed"],
        amount["committed"],
        amount["best"],
        amount["sold"] + amount["weighed"],
        amount["sold"] + amount["learned"],
        row["told"],
    )


def quotas(user: User, span: Span, by: str) -> dict[Key, Decimal]:
    """Those of people, or those of teams; pipelines have none."""
    if by == "pipeline" or not allowed(user, "sales.view_quota"):
        return {}
    rows = Quota.objects.visible_to(user).filter(month__gte=span.first, month__lt=span.end)
    found = rows.exclude(**{f"{by}_id": None}).values_list("month", f"{by}_id", "amount")
    return {(month, key): amount for month, key, amount in found}


def names(by: str, keys: Iterable[int | None]) -> dict[int | None, str]:
    """In the order in which they are shown."""
    wanted = {key for key in keys if key is not None}
    model: Any = {"owner": User, "team": Team, "pipeline": Pipeline}[by]
    rows = model.objects.filter(pk__in=wanted)
    rows = rows if by == "pipeline" else rows.order_by("name", "pk")
    found: dict[int | None, str] = dict(rows.values_list("pk", "name"))
    return found | ({None: _("Nobody")} if by == "owner" and None in keys else {})


@dataclass(frozen=True)
class Forecast:
    """`rows` by owner, team or pipeline for the chosen span, `months` for each of its months, and `total`."""

    months: Sequence[Row]
    rows: Sequence[Row]
    total: Row


def forecast(user: User, span: Span, by: str, chosen: Span | None = None) -> Forecast:
    """The forecast of some months; the rows by owner, team or pipeline are those of the `chosen` month, or of all."""
    found = sums_by_key(user, span, by)
    for place, amount in quotas(user, span, by).items():
        found[place].quota = amount
    within = chosen or span
    by_month: dict[date, Sums] = {month.first: Sums() for month in span.each()}
    by_key: dict[int | None, Sums] = defaultdict(Sums)
    total = Sums()
    for (month, key), sums in found.items():
        total.add(sums)
        if month is not None:
            by_month[month].add(sums)
        if month is None or within.first <= month < within.end:
            by_key[key].add(sums)
    labels = names(by, list(by_key))
    return Forecast(
        [Row(date_format(month, "F Y"), Span(month), sums, {}) for month, sums in by_month.items()],
        [Row(label, within, by_key[key], {by: str(key or "none")}) for key, label in labels.items()],
        Row(_("Total"), span, total, {}),
    )
