"""The forecast: what is closed, committed and expected by month, held against the quotas."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from crm.access.services import allowed
from crm.access.views import ProtectedView
from crm.company.selectors import company_day
from sales.forecast import BY, Forecast, forecast
from sales.forecast_changes import changes
from sales.forecasting import FURTHEST, Span, later, read_month

USUAL_MONTHS = 6


class ForecastView(ProtectedView):
    """`?by=team` adds up by team, `?from=2026-09&months=3` shows other months, `?month=2026-09` the rows of one."""

    permission = "sales.view_deal"

    def get(self, request: HttpRequest) -> HttpResponse:
        span, by = span_asked(request), request.GET.get("by", "")
        by = by if by in BY else "owner"
        chosen = chosen_month(request, span)
        found = forecast(self.user, span, by, chosen)
        context = {
            "found": found,
            "span": span,
            "earlier": f"{later(span.first, -span.months):%Y-%m}",
            "later": f"{span.end:%Y-%m}",
            "is_now": span.first == company_day().replace(day=1),
            "by": by,
            "by_label": BY[by],
            "ways": BY.items(),
            "chosen": next((row for row in found.months if row.span == chosen), None),
            "changes": changes(self.user, span),
            "chart": chart(found),
            "has_quota": found.total.sums.quota is not None,
            "has_learned": found.total.sums.told > 0,
            "may_open_model": allowed(self.user, "sales.view_pipeline"),
            "may_see_quotas": allowed(self.user, "sales.view_quota"),
            "is_empty": not any(row.sums.best or row.sums.weighted or row.sums.overdue for row in found.rows),
        }
        return render(request, "sales/forecast.html", context)


def span_asked(request: HttpRequest) -> Span:
    """This month and the next five, unless others are asked for."""
    first = read_month(request.GET.get("from", "")) or company_day().replace(day=1)
    months = request.GET.get("months", "")
    known = months.isascii() and months.isdecimal() and 1 <= int(months[:4]) <= FURTHEST
    return Span(first, int(months) if known else USUAL_MONTHS)


def chosen_month(request: HttpRequest, span: Span) -> Span | None:
    month = read_month(request.GET.get("month", ""))
    return Span(month) if month and span.first <= month < span.end else None


def chart(found: Forecast) -> dict[str, Any]:
    names = (
        ("closed", _("Closed")),
        ("committed", _("Committed")),
        ("best", _("Best case")),
        ("quota", _("Quota")),
    )
    return {
        "categories": [row.label for row in found.months],
        "series": [
            {"name": label, "data": [point(row, name) for row in found.months]}
            for name, label in names
            if name != "quota" or found.total.sums.quota is not None
        ],
    }


def point(row: Any, name: str) -> dict[str, Any]:
    value = getattr(row.sums, name)
    return {"value": None if value is None else float(value), "url": row.doors.get(name, "")}
