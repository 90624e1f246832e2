"""The organisation of a person, as far as the reader may see it: else neither its name nor the way to it."""

from typing import Any

from contacts.models import Customer
from crm.access.grants import grants
from crm.access.scopes import Scope
from crm.access.services import allowed
from crm.staff.models import User

VIEW = "contacts.view_customer"


def employer_of(user: User, customer: Customer) -> Customer | None:
    """Read from the row itself, which selectors load with its organisation."""
    organisation = customer.organisation
    return organisation if organisation and allowed(user, VIEW, organisation) else None


def has_hidden_employer(user: User, customer: Customer) -> bool:
    return bool(customer.organisation_id) and employer_of(user, customer) is None


def hidden_ids(user: User, ids: set[int]) -> set[int]:
    """Those of the customers that the reader may not see, in one query; none for readers who see all."""
    if not ids or grants(user).scope_of(VIEW) is Scope.ALL:
        return set()
    return ids - set(Customer.objects.visible_to(user).filter(pk__in=ids).values_list("pk", flat=True))


def hide_employers(user: User, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Take organisations that the reader may not see out of the rows of a list."""
    hidden = hidden_ids(user, {row["organisation_id"] for row in rows if row["organisation_id"]})
    for row in rows:
        if row["organisation_id"] in hidden:
            row.update(organisation_id=None, organisation_name=None)
    return rows


def employer_names(user: User, pks: list[int]) -> dict[int, str]:
    """The names of the organisations of these people, by person."""
    rows = Customer.objects.filter(pk__in=pks, organisation__in=Customer.objects.visible_to(user))
    return dict(rows.values_list("pk", "organisation__name"))
