"""The grid of quotas: typed and saved at once."""

from collections.abc import Sequence

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crm.access.services import allowed
from crm.access.views import ProtectedView
from crm.company.selectors import company_day
from sales.forecasting import later
from sales.quota_grid import Line, quota_lines, read_typed
from sales.services.quota import QuotaCell, QuotaMoved, quotas_set
from sales.views.forecast import span_asked


class QuotasView(ProtectedView):
    """`?from=2027-01&months=12` shows other months."""

    permission = "sales.view_quota"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.page(quota_lines(self.user, span_asked(request)))

    def page(self, lines: list[Line], *, problem: str = "", status: int = 200) -> HttpResponse:
        span = span_asked(self.request)
        context = {
            "people": [line for line in lines if line.whose == "owner"],
            "teams": [line for line in lines if line.whose == "team"],
            "months": [date_format(month.first, "M Y") for month in span.each()],
            "earlier": f"{later(span.first, -span.months):%Y-%m}",
            "later": f"{span.end:%Y-%m}",
            "is_now": span.first == company_day().replace(day=1),
            "can_edit": allowed(self.user, "sales.edit_quota"),
            "can_import": allowed(self.user, "imports.create_import")
            and allowed(self.user, "sales.edit_quota"),
            "problem": problem,
        }
        return render(self.request, "sales/quotas.html", context, status=status)


class QuotasSetView(QuotasView):
    permission = "sales.edit_quota"

    def get(self, request: HttpRequest) -> HttpResponse:
        return redirect("sales:quotas")

    def post(self, request: HttpRequest) -> HttpResponse:
        lines = quota_lines(self.user, span_asked(request))
        cells = read_typed(lines, request.POST.dict())
        if any(box.error for line in lines for box in line.boxes):
            return self.page(lines, problem=_("Some cells hold no amount. Nothing was saved."), status=422)
        try:
            count = quotas_set(actor=self.user, cells=cells)
        except QuotaMoved as fault:
            mark_moved(lines, fault.cells, quota_lines(self.user, span_asked(request)))
            problem = _(
                "Somebody else has changed these in the meantime. Nothing was saved; save again to replace them."
            )
            return self.page(lines, problem=problem, status=409)
        said = (
            ngettext("%d quota saved.", "%d quotas saved.", count) % count
            if count
            else _("Nothing was changed.")
        )
        messages.success(request, said)
        query = request.GET.urlencode()
        return redirect(reverse("sales:quotas") + (f"?{query}" if query else ""))


def mark_moved(lines: list[Line], moved: Sequence[QuotaCell], fresh: list[Line]) -> None:
    """What was typed stays; what stands there now is said, and counts as seen when it is sent again."""
    now = {box.name: box.seen for line in fresh for box in line.boxes}
    keys = {cell.key for cell in moved}
    for line in lines:
        for box in line.boxes:
            if (line.whose, line.pk, box.month) in keys:
                box.seen = now.get(box.name, "")
                box.error = _("Now %s") % (box.seen or _("empty"))
