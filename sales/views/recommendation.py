"""What the recommendations are made of, how well they would have done, and the rules behind them."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from crm.access.services import allowed, find
from crm.access.views import ProtectedView
from crm.lists.filters import readable_id
from crm.lists.views import RecordListView
from sales.kinds import PRODUCT_RULES
from sales.models import ProductRule, RecommendationRun
from sales.recommendations import behind, newest_run, strongest_rules
from sales.services.recommendation import recommendation_refresh_ask


class RecommendationsView(ProtectedView):
    """`?run=12` shows that run instead of the newest."""

    permission = "sales.view_recommendation"
    strongest = 15
    past_runs = 20

    def get(self, request: HttpRequest) -> HttpResponse:
        newest, asked = newest_run(self.user), self.asked_run()
        runs = RecommendationRun.objects.visible_to(self.user)
        run = asked or newest
        context = {
            "run": run,
            "newest_number": newest.pk if newest else 0,
            "is_past": run != newest,
            "backtest": backtest_rows(run.backtest) if run else [],
            "rules": self.rules() if allowed(self.user, "sales.view_product") else [],
            "runs": runs.order_by("-id")[: self.past_runs],
            "can_edit": allowed(self.user, "sales.edit_recommendation"),
        }
        return render(request, "sales/recommendations.html", context)

    def asked_run(self) -> RecommendationRun | None:
        text = self.request.GET.get("run", "")
        if not text:
            return None
        if not readable_id(text):
            raise Http404
        return find(RecommendationRun.objects.all(), self.user, int(text))

    def rules(self) -> list[tuple[ProductRule, str]]:
        may_open = allowed(self.user, "sales.view_order")
        return [
            (rule, behind(rule.bought_id, rule.other_id, rule.kind) if may_open else "")
            for rule in strongest_rules(self.user, self.strongest)
        ]


def backtest_rows(found: dict[str, Any]) -> list[dict[str, Any]]:
    """The recommendations beside what is popular."""
    if not found:
        return []
    labels = {
        "ours": _("Recommendations"),
        "popular_alike": _("Most popular among like customers"),
        "popular": _("Most popular products"),
    }
    return [{"key": key, "label": label, **found[key]} for key, label in labels.items()]


class RecommendationRefreshView(ProtectedView):
    permission = "sales.edit_recommendation"
    belongs_to = "sales:recommendations"

    def post(self, request: HttpRequest) -> HttpResponse:
        """`after` is the run that its sender saw: whoever was overtaken by a newer one needs no other."""
        seen, run = request.POST.get("after", ""), newest_run(self.user)
        if readable_id(seen) and int(seen) == (run.pk if run else 0):
            recommendation_refresh_ask(actor=self.user)
            messages.success(request, _("The recommendations are being computed."))
        elif readable_id(seen):
            messages.success(request, _("They were computed meanwhile."))
        return redirect("sales:recommendations")


class RuleListView(RecordListView):
    permission = "sales.view_recommendation"
    kind = PRODUCT_RULES


class RuleView(ProtectedView):
    """A rule leads to the orders behind it."""

    permission = "sales.view_recommendation"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        rule = find(ProductRule.objects.all(), self.user, pk)
        return redirect(behind(rule.bought_id, rule.other_id, rule.kind))
