from typing import Any

from django.utils.translation import gettext_lazy as _

from analytics.selectors.attention import customers_that_need_me
from crm.staff.models import User


class CustomersThatNeedMe:
    """The person's own customers with the most value at risk."""

    key = "customers-that-need-me"
    title = _("Customers that need me")
    permission = "analytics.view_value"
    template = "analytics/cards/customers_that_need_me.html"
    query_budget = 2
    limit = 8

    def context(self, *, user: User) -> dict[str, Any]:
        rows = customers_that_need_me(user, self.limit + 1)
        return {"rows": rows[: self.limit], "has_more": len(rows) > self.limit}
