"""The quotes of a deal, beside it."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from crm.access.services import allowed
from crm.staff.models import User
from sales.models import Deal
from sales.quote_selectors import deal_quotes


class QuotesPanel:
    """DEAL_PANELS entry: every version, the newest first, and the way to a new one."""

    key = "quotes"
    title = _("Quotes")
    permission = "sales.view_deal"
    template = "sales/quotes_panel.html"
    query_budget = 1
    about = ("deal",)
    limit = 8

    def context(self, *, user: User, deal: Deal) -> dict[str, Any]:
        rows = list(deal_quotes(user, deal)[: self.limit + 1])
        return {
            "deal": deal,
            "quotes": rows[: self.limit],
            "has_more": len(rows) > self.limit,
            "can_create": deal.is_open and allowed(user, "sales.edit_deal", deal),
        }
