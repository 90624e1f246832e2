from typing import Any

from django.utils.translation import gettext_lazy as _

from contacts.choices import INVERSE_RELATIONSHIPS, ConsentChannel, ConsentPurpose, RelationshipKind
from contacts.models import Customer
from contacts.selectors import attachments, consents_now, people, relationships
from crm.access.services import allowed, field_level
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


class FilesPanel:
    """Files kept with the customer."""

    key = "files"
    title = _("Files")
    permission = "contacts.view_customer"
    template = "contacts/files_panel.html"
    query_budget = 1
    limit = 50

    def context(self, *, user: User, customer: Customer) -> dict[str, Any]:
        return {
            "customer": customer,
            "files": list(attachments(user, customer)[: self.limit]),
            "can_edit": allowed(user, "contacts.edit_customer", customer),
        }


class ConsentPanel:
    """What the customer agreed to, by purpose and channel; shown to those who may read privacy fields."""

    key = "consent"
    title = _("Consent")
    permission = "contacts.view_customer"
    template = "contacts/consent_panel.html"
    query_budget = 1

    def context(self, *, user: User, customer: Customer) -> dict[str, Any]:
        level = field_level(user, "privacy")
        return {
            "customer": customer,
            "hidden": level == "hidden",
            "rows": [] if level == "hidden" else list(consents_now(user, customer)),
            "purposes": ConsentPurpose.choices,
            "channels": ConsentChannel.choices,
            "can_edit": level == "edit" and allowed(user, "contacts.edit_customer", customer),
        }
