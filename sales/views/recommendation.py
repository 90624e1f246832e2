"""What the recommendations are made of, how well they would have done, and the rules behind them."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from crm.access.services import allowed, find
from crm.access.views import ProtectedView
from crm.lists.filters import readable_id
from crm.lists.views import RecordListView
from crm.records.undo import undo_message
from sales.kinds import PRODUCT_RULES
from sales.models import ProductRule, RecommendationOffer, RecommendationRun
from sales.recommendations import acceptance, behind, newest_run, strongest_rules
from sales.selectors import deal_find, product_find
from sales.services.recommendation import (
    recommendation_offer,
    recommendation_refresh_ask,
    recommendation_withdraw,
)


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
            "taken": acceptance(self.user),
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


class RecommendationOfferView(ProtectedView):
    """POST `deal`: one of the customer's open deals gets a line with the product."""

    permission = "sales.edit_deal"
    belongs_to = "sales:recommendations"

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        product, asked = product_find(self.user, pk), request.POST.get("deal", "")
        if not readable_id(asked):
            messages.error(request, _("Choose the deal that it is added to."))
            return redirect("sales:recommendations")
        deal = deal_find(self.user, int(asked))
        try:
            offer = recommendation_offer(actor=self.user, deal=deal, product=product)
        except ValidationError as fault:
            messages.error(request, " ".join(fault.messages))
        else:
            words = _("%(product)s was added to %(deal)s.") % {"product": product, "deal": deal}
            undo_message(request, words, reverse("sales:recommendation-withdraw", args=[offer.pk]))
        return redirect(f"{reverse('sales:deal-record', args=[deal.pk])}?tab=lines")


class RecommendationWithdrawView(ProtectedView):
    permission = "sales.edit_deal"
    belongs_to = "sales:recommendations"

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        offer = find(RecommendationOffer.objects.select_related("deal", "product"), self.user, pk)
        product, deal = offer.product, deal_find(self.user, offer.deal_id)
        try:
            recommendation_withdraw(actor=self.user, offer=offer)
        except ValidationError as fault:
            messages.error(request, " ".join(fault.messages))
        else:
            messages.success(request, _("%s was taken off again.") % product)
        return redirect(f"{reverse('sales:deal-record', args=[deal.pk])}?tab=lines")


class RuleListView(RecordListView):
    permission = "sales.view_recommendation"
    kind = PRODUCT_RULES


class RuleView(ProtectedView):
    """A rule leads to the orders behind it."""

    permission = "sales.view_recommendation"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        rule = find(ProductRule.objects.all(), self.user, pk)
        return redirect(behind(rule.bought_id, rule.other_id, rule.kind))
