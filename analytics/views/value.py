"""The page of the RFM groups and the 2 x 2: every cell is a door to its list."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from analytics.selectors.grid import group_rows, quadrant_grid, rfm_grid, totals
from analytics.selectors.runs import newest_run, value_settings
from crm.access.views import ProtectedView


class ValueView(ProtectedView):
    permission = "analytics.view_value"

    def get(self, request: HttpRequest) -> HttpResponse:
        settings, run = value_settings(), newest_run()
        quadrants = quadrant_grid(
            self.user, {"best": _("Best"), "new": _("New"), "at_risk": _("At risk"), "lapsed": _("Lapsed")}
        )
        context = {
            "run": run,
            "settings": settings,
            "grid": list(zip(range(5, 0, -1), rfm_grid(self.user, settings.rfm_map), strict=True)),
            "quadrants": [[quadrants["new"], quadrants["best"]], [quadrants["lapsed"], quadrants["at_risk"]]],
            "groups": group_rows(self.user),
            "totals": totals(self.user),
            "list_url": reverse("contacts:customer-list"),
        }
        return render(request, "analytics/value.html", context)
