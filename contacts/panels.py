from typing import Any

from django.utils.translation import gettext_lazy as _

from contacts.choices import INVERSE_RELATIONSHIPS, RelationshipKind
from contacts.models import Customer
from contacts.selectors import people, relationships
from crm.access.services import allowed
from crm.staff.models import User


class RelationshipsPanel:
    """Who belongs to whom: the people of an organisation, and declared relationships in both directions."""

    key = "relationships"
    title = _("Relationships")
    permission = "contacts.view_customer"
    template = "contacts/relationships_panel.html"
    query_budget = 4
    shown_people = 8

    def context(self, *, user: User, customer: Customer) -> dict[str, Any]:
        rows = [
            {
                "id": row.pk,
                "label": INVERSE_RELATIONSHIPS[RelationshipKind(row.kind)]
                if backwards
                else row.get_kind_display(),
                "customer": other,
            }
            for row, other, backwards in relationships(user, customer)
        ]
        staff = [] if customer.is_person else list(people(user, customer)[: self.shown_people + 1])
        return {
            "customer": customer,
            "rows": rows,
            "people": staff[: self.shown_people],
            "has_more_people": len(staff) > self.shown_people,
            "kinds": RelationshipKind.choices,
            "can_edit": allowed(user, "contacts.edit_customer", customer),
        }
