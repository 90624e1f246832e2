"""Deals that were to be closed in the period and were not, from what was noted of them on its first day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Count, F, Min, Q, Sum

from sales.forecasting import compared
from sales.models import Deal, DealSnapshot
from sales.reporting.conditions import slipped
from sales.reporting.scope import Scope

SHOWN = 8


@dataclass(frozen=True)
class Slip:
    count: int
    amount: Decimal
    door: str


@dataclass(frozen=True)
class Slips:
    """As noted on the day `since`; `rows` are the largest, each with `expected`, the close that was noted."""

    since: date
    awaited: int
    moved: Slip
    passed: Slip
    rows: Sequence[Deal]
    door: str


def slips(scope: Scope) -> Slips | None:
    """None where nothing was noted in the period. Three queries."""
    period, today = scope.period, scope.today
    noted = DealSnapshot.objects.filter(day__gte=period.first, day__lte=min(period.last, today))
    since = noted.aggregate(day=Min("day"))["day"]
    if since is None:
        return None
    rows = compared(scope.deals, since)
    either = slipped("slipped", period, since, today)
    asked: dict[str, Any] = {}
    for name in ("moved", "passed"):
        asked[f"{name}_count"] = Count("pk", filter=slipped(name, period, since, today))
        asked[f"{name}_amount"] = Sum("base_amount", filter=slipped(name, period, since, today))
    found = rows.filter(was_awaited(scope, since)).aggregate(awaited=Count("pk"), **asked)

    def door(name: str) -> str:
        return scope.door(state="all", slip=name, awaited=str(period), noted=since.isoformat())

    moved, passed = (
        Slip(found[f"{name}_count"], found[f"{name}_amount"] or Decimal(0), door(name))
        for name in ("moved", "passed")
    )
    largest = rows.filter(either).annotate(expected=F("was__close_on")).select_related("owner", "stage")
    shown = list(largest.order_by(F("base_amount").desc(nulls_last=True), "pk")[:SHOWN])
    return Slips(since, found["awaited"], moved, passed, shown, door("slipped"))


def was_awaited(scope: Scope, since: date) -> Q:
    """Open then, and to be closed in the period."""
    first = max(scope.period.first, since)
    return Q(was__state="open", was__close_on__gte=first, was__close_on__lte=scope.period.last)
