from typing import Any

from django.utils.translation import gettext_lazy as _

from analytics.selectors.attention import customers_that_need_me
from crm.staff.models import User


class CustomersThatNeedMe:
    """The most valuable customers who may well leave: the person's own, else all they may see."""

    key = "customers-that-need-me"
    title = _("Customers that need me")
    permission = "analytics.view_value"
    template = "analytics/cards/customers_that_need_me.html"
    query_budget = 3
    limit = 8

    def context(self, *, user: User) -> dict[str, Any]:
        rows, own = customers_that_need_me(user, self.limit + 1)
        return {"rows": rows[: self.limit], "has_more": len(rows) > self.limit, "own": own}
