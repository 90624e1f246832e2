"""What of sales stands on the home page."""

from typing import Any

from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crm.company.selectors import company_day
from crm.fields.catalogue import may_know
from crm.lists.reading import read
from crm.staff.models import User
from sales.approval_kind import APPROVALS
from sales.approvals import to_decide
from sales.choices import StageKind
from sales.deal_kind import DEALS
from sales.selectors import deals

FIELDS = tuple(DEALS.field(key) for key in ("name", "stage", "amount", "next_step", "close_on"))


class StaleDeals:
    """The reader's own open deals that nobody does anything about: stale, without a next step, or with a late one."""

    key = "stale-deals"
    title = _("Deals that need a step")
    permission = "sales.view_deal"
    template = "sales/cards/stale_deals.html"
    query_budget = 1
    limit = 6

    def context(self, *, user: User) -> dict[str, Any]:
        needs = Q(next_step="") | Q(next_step_on__lt=company_day()) | Q(stale_at__lt=timezone.now())
        rows = deals(user).filter(needs, owner=user, state=StageKind.OPEN)
        ordered = rows.order_by(F("base_amount").desc(nulls_last=True), "pk")
        return {"rows": read(DEALS, user, FIELDS, ordered[: self.limit])}


ASKED = tuple(APPROVALS.field(key) for key in ("deal", "customer", "rate", "asked_by", "rfm_group"))


class ApprovalsToDecide:
    """Discounts that others ask for and the reader may decide, the oldest first."""

    key = "approvals"
    title = _("Discounts to decide")
    permission = "sales.approve_discount"
    template = "sales/cards/approvals.html"
    query_budget = 1
    limit = 6

    def context(self, *, user: User) -> dict[str, Any]:
        rows = to_decide(user).order_by("asked_at", "pk")
        fields = [field for field in ASKED if may_know(user, field)]
        return {"rows": read(APPROVALS, user, fields, rows[: self.limit])}
