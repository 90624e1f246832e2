"""On a customer's record: the automations that ran here."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from crm.automation.selectors import log_of_record
from crm.records.kinds import kind_of
from crm.staff.models import User


class RunsPanel:
    """CUSTOMER_PANELS entry."""

    key = "automations"
    title = _("Automations that ran here")
    permission = "automation.view_automation"
    template = "automation/panel.html"
    query_budget = 3
    shown = 5

    def context(self, *, user: User, customer: Any) -> dict[str, Any]:
        kind = kind_of(customer)
        rows = list(log_of_record(user, kind, customer.pk)[: self.shown + 1]) if kind else []
        return {
            "customer": customer,
            "kind": kind,
            "rows": rows[: self.shown],
            "has_more": len(rows) > self.shown,
        }
