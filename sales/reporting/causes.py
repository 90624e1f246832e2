"""Why deals were won and lost: reasons, competitors, and where they came from."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q, Sum
from django.utils.translation import gettext as _

from sales.choices import StageKind
from sales.forecasting import WON
from sales.models import DealCompetitor
from sales.reporting.conditions import CLOSED, LOST
from sales.reporting.scope import Scope

NONE = Decimal(0)
MOST = 12


@dataclass(frozen=True)
class Cause:
    """How many deals were won and lost for it, their amounts, and the lists of them."""

    label: str
    won: int
    lost: int
    won_amount: Decimal
    lost_amount: Decimal
    won_door: str
    lost_door: str
    closed_door: str = ""

    @property
    def rate(self) -> float | None:
        closed = self.won + self.lost
        return self.won / closed if closed else None


def loss_reasons(scope: Scope) -> list[Cause]:
    """Of the deals lost in the period, the most frequent first."""
    rows = scope.deals.filter(LOST, scope.period.closing).order_by()
    found = rows.values("loss_reason_id", "loss_reason__name").annotate(
        count=Count("pk"), amount=Sum("base_amount")
    )
    made = [
        Cause(
            row["loss_reason__name"] or _("No reason given"),
            0,
            row["count"],
            NONE,
            row["amount"] or NONE,
            "",
            scope.closed(state="lost", loss_reason=row["loss_reason_id"] or "none"),
        )
        for row in found
    ]
    return sorted(made, key=lambda cause: (-cause.lost, cause.label))


def competitors(scope: Scope) -> list[Cause]:
    """Those who were asked too in deals closed in the period, the most frequent first."""
    closed = scope.deals.filter(CLOSED, scope.period.closing)
    won, lost = Q(deal__state=StageKind.WON), Q(deal__state=StageKind.LOST)
    found = (
        DealCompetitor.objects.filter(deal__in=closed)
        .order_by()
        .values("name")
        .annotate(
            won=Count("pk", filter=won),
            lost=Count("pk", filter=lost),
            won_amount=Sum("deal__base_amount", filter=won),
            lost_amount=Sum("deal__base_amount", filter=lost),
            count=Count("pk"),
        )
        .order_by("-count", "name")[:MOST]
    )
    return [cause(scope, row["name"], row, {"competitor": row["name"]}) for row in found]


def sources(scope: Scope) -> list[Cause]:
    """Where the deals closed in the period came from, the largest amount won first."""
    rows = scope.deals.filter(CLOSED, scope.period.closing).order_by()
    found = rows.values("lead_source").annotate(
        won=Count("pk", filter=WON),
        lost=Count("pk", filter=LOST),
        won_amount=Sum("base_amount", filter=WON),
        lost_amount=Sum("base_amount", filter=LOST),
    )
    made = [
        cause(
            scope, row["lead_source"] or _("No source given"), row, {"source": row["lead_source"] or "none"}
        )
        for row in found
    ]
    return sorted(made, key=lambda each: (-each.won_amount, each.label))[:MOST]


def cause(scope: Scope, label: str, row: Mapping[str, Any], narrowed: dict[str, str]) -> Cause:
    amounts = [row[name] or NONE for name in ("won_amount", "lost_amount")]
    counts = [row[name] for name in ("won", "lost")]
    doors = [scope.closed(state=state, **narrowed) for state in ("won", "lost", "closed")]
    return Cause(label, counts[0], counts[1], amounts[0], amounts[1], *doors)
