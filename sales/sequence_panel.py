"""The sequence a customer is in, on their page, and the way into one."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from contacts.models import Customer
from crm.access.services import allowed
from crm.records.verbs import RecordVerb
from crm.staff.models import User
from sales.sequence_selectors import open_enrolment

VERBS = (
    RecordVerb(
        "contacts.customer",
        _("Enrol in a sequence"),
        "sales:enrol",
        icon="list-checks",
        permission="sales.enrol_sequence",
    ),
)


class SequencePanel:
    """Which step comes next and when; left out for who is in none."""

    key = "sequence"
    title = _("Sequence")
    permission = "sales.view_sequence"
    template = "sales/sequence_panel.html"
    query_budget = 1

    def context(self, *, user: User, customer: Customer) -> dict[str, Any] | None:
        enrolment = open_enrolment(user, customer.pk)
        if enrolment is None:
            return None
        may_edit = allowed(user, "contacts.edit_customer", customer)
        return {"enrolment": enrolment, "can_hold": enrolment.sender_id == user.pk or may_edit}
