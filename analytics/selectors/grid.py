"""The 5 x 5 and the 2 x 2: how many customers, what they brought, what they will bring."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F, Sum
from django.db.models.functions import Greatest

from analytics.rfm_map import QUADRANTS
from contacts.choices import RfmGroup
from contacts.models import CustomerValue
from crm.staff.models import User


@dataclass(frozen=True, slots=True)
class Cell:
    """One field of a grid; `heat` is 0 to 5 by its share of the largest count."""

    count: int
    revenue: float
    value: float | None
    label: str
    query: str
    heat: int


def sums(user: User, *names: str) -> list[dict[str, Any]]:
    rows = CustomerValue.objects.visible_to(user).filter(customer__deleted_at=None)
    return list(
        rows.values(*names).annotate(
            count=Count("pk"), revenue=Sum("total_spend"), worth=Sum("lifetime_value")
        )
    )


def heat(count: int, most: int) -> int:
    return 0 if not count else min(5, 1 + int(4.999 * (count / most) ** 0.5))


def rfm_grid(user: User, rfm_map: dict[str, list[str]]) -> list[list[Cell]]:
    """Rows from R 5 down to 1, in each FM 1 to 5."""
    found = {(row["r_score"], row["fm_score"]): row for row in sums(user, "r_score", "fm_score")}
    group_of = {cell: RfmGroup(group).label for group, cells in rfm_map.items() for cell in cells}
    most = max((row["count"] for row in found.values()), default=1)
    empty = {"count": 0, "revenue": 0.0, "worth": None}

    def cell(r: int, fm: int) -> Cell:
        row = found.get((r, fm), empty)
        label = str(group_of[f"{r}{fm}"])
        return Cell(
            row["count"], row["revenue"], row["worth"], label, f"r={r}&fm={fm}", heat(row["count"], most)
        )

    return [[cell(r, fm) for fm in range(1, 6)] for r in range(5, 0, -1)]


def quadrant_grid(user: User, labels: dict[str, str]) -> dict[str, Cell]:
    found = {row["quadrant"]: row for row in sums(user, "quadrant")}
    most = max((row["count"] for row in found.values()), default=1)
    empty = {"count": 0, "revenue": 0.0, "worth": None}
    return {
        name: Cell(
            (row := found.get(name, empty))["count"],
            row["revenue"],
            row["worth"],
            labels[name],
            f"quadrant={name}",
            heat(row["count"], most),
        )
        for name in QUADRANTS
    }


def group_rows(user: User) -> list[dict[str, Any]]:
    """One row per RFM group in the order of the map."""
    found = {row["rfm_group"]: row for row in sums(user, "rfm_group")}
    return [
        {"group": group, "label": label} | found.get(group, {"count": 0}) for group, label in RfmGroup.choices
    ]


def totals(user: User) -> dict[str, Any]:
    """Customer equity of those the reader may see, and how much of it is at risk."""
    rows = CustomerValue.objects.visible_to(user).filter(customer__deleted_at=None)
    at_risk = Sum(Greatest(F("lifetime_value"), 0.0) * F("churn_risk"))
    return rows.aggregate(
        count=Count("pk"), equity=Sum("lifetime_value"), at_risk=at_risk, revenue=Sum("total_spend")
    )
