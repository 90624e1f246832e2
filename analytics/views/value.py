"""The page of the RFM groups and the 2 x 2: every figure and cell is a door to its list."""

from dataclasses import replace
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from analytics.run_details import window_of
from analytics.selectors.grid import Cell, group_rows, heat, quadrant_grid, rfm_grid, totals
from analytics.selectors.runs import newest_run, value_settings
from crm.access.services import allowed
from crm.access.views import ProtectedView

Rows = list[list[Cell]]


class ValueView(ProtectedView):
    """`?by=count` shades the cells by customers, `?by=revenue` by revenue, else by lifetime value."""

    permission = "analytics.view_value"

    def get(self, request: HttpRequest) -> HttpResponse:
        settings, run, sums = value_settings(), newest_run(), totals(self.user)
        by = shading(request.GET.get("by", ""), has_value=sums["equity"] is not None)
        quadrants = quadrant_grid(
            self.user, {"best": _("Best"), "new": _("New"), "at_risk": _("At risk"), "lapsed": _("Lapsed")}
        )
        grid = shaded(rfm_grid(self.user, settings.rfm_map), by)
        context = {
            "run": run,
            "window": window_of(run) if run else "",
            "grid": list(zip(range(5, 0, -1), grid, strict=True)),
            "quadrants": shaded(
                [[quadrants["new"], quadrants["best"]], [quadrants["lapsed"], quadrants["at_risk"]]], by
            ),
            "groups": group_rows(self.user),
            "totals": sums,
            "by": by,
            "shadings": shadings(),
            "list_url": reverse("contacts:customer-list"),
            "orders_url": reverse("sales:order-list") if allowed(self.user, "sales.view_order") else "",
        }
        return render(request, "analytics/value.html", context)


def shadings() -> list[tuple[str, str]]:
    """(what a cell may be shaded by, its name)."""
    return [("value", _("Lifetime value")), ("revenue", _("Revenue")), ("count", _("Customers"))]


def shading(asked: str, *, has_value: bool) -> str:
    if asked in dict(shadings()):
        return asked
    return "value" if has_value else "count"


def shaded(rows: Rows, by: str) -> Rows:
    """The cells with their heat by one of their sums; what is below nothing is not warm."""

    def warmth(cell: Cell) -> Any:
        # money is far more unequal than heads: a steeper root keeps the cells apart
        found = max(getattr(cell, by) or 0, 0)
        return found if by == "count" else found**0.5

    most = max((warmth(cell) for row in rows for cell in row), default=0) or 1
    return [[replace(cell, heat=heat(warmth(cell), most)) for cell in row] for row in rows]
