from typing import Any

from django.utils.translation import gettext_lazy as _

from analytics.choices import Model
from analytics.formulas import worked
from analytics.selectors.record import inputs_of, month_before, reasons_of, statistics_of, today_of
from analytics.selectors.runs import newest_run
from contacts.employers import has_hidden_employer
from contacts.models import Customer
from contacts.selectors import is_dirty, payer_value
from crm.access.services import allowed
from crm.company.selectors import company_day
from crm.staff.models import User


class ValuePanel:
    """What the customer (or their organisation, who pays) is worth and whether they are about to leave."""

    key = "value"
    title = _("Value")
    permission = "analytics.view_value"
    template = "analytics/value_panel.html"
    query_budget = 5

    def context(self, *, user: User, customer: Customer) -> dict[str, Any]:
        payer, value = payer_value(user, customer)
        hidden = has_hidden_employer(user, customer)
        shared = {
            "customer": customer,
            "payer": payer,
            "value": value,
            "of_organisation": payer != customer and not hidden,
            "hides_payer": hidden,
        }
        if value is None:
            return shared | {"pending": is_dirty(payer)}
        run, found = newest_run(), statistics_of(payer)
        inputs = inputs_of(value, found, run)
        is_known = found is not None and found.last_on <= value.as_of  # later orders are not in the value yet
        today = today_of(run, value, found, company_day())
        reasons = reasons_of(value, found, today) if allowed(user, "sales.view_order") else []
        before = month_before(user, payer, value.as_of)
        return shared | {
            "run": run,
            "today": today,
            "risk_today": today.churn_risk if today and value.as_of < company_day() else None,
            "champion": Model(run.champion).label if run and run.champion else "",
            "trend": trend(value.lifetime_value, before.lifetime_value) if before else None,
            "before": before,
            "reasons_to_leave": [reason for reason in reasons if reason.is_risk],
            "reasons_to_stay": [reason for reason in reasons if not reason.is_risk],
            "inputs": inputs,
            "worked": worked(value, inputs, run.champion) if run and is_known else {},
            "bought_once": found is not None and found.purchase_days == 1,
            "lack": run.get_lack_display() if run and run.lack else "",
        }


def trend(now: float | None, then: float | None) -> float | None:
    """The change of the lifetime value since the last month end, as a share of what it was; of nearly nothing, none."""
    if now is None or then is None or abs(then) < max(1.0, abs(now) / 100):
        return None
    return (now - then) / abs(then)
