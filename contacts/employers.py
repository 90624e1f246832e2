"""The organisation of a person, as far as the reader may see it: else neither its name nor the way to it."""

from typing import Any

from django.contrib.postgres.search import TrigramWordSimilarity
from django.db.models import Exists, OuterRef, Q

from contacts.models import ContactPoint, Customer, ExternalId
from crm.access.grants import grants
from crm.access.scopes import Scope
from crm.access.services import allowed
from crm.search.folding import fold, words
from crm.search.selectors import LIKENESS
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


def found_openly(user: User, text: str) -> Q:
    """Customers whom the search index finds by their own words, or by an organisation that the reader may see.

    The index holds the names of organisations with their people: without this, typing tells who works where.
    """
    if grants(user).scope_of(VIEW) is Scope.ALL:
        return Q()
    own = Q()
    for word in words(text):
        points = ContactPoint.objects.filter(customer=OuterRef("pk"), value__icontains=word)
        ids = ExternalId.objects.filter(customer=OuterRef("pk"), value__icontains=word)
        own &= Q(sort_name__contains=word) | Q(city__icontains=word) | Exists(points) | Exists(ids)
    seen = Q(organisation=None) | Q(organisation__in=Customer.objects.visible_to(user))
    return seen | own if own else seen


def found_by(user: User, text: str, pks: list[int]) -> set[int]:
    """Of those that a search found, also by a name that was mistyped."""
    openly = found_openly(user, text)
    if not openly:
        return set(pks)
    rows = Customer.objects.annotate(likeness=TrigramWordSimilarity(fold(text), "sort_name"))
    kept = rows.filter(openly | Q(likeness__gte=LIKENESS), pk__in=pks)
    return set(kept.values_list("pk", flat=True))


def employer_names(user: User, pks: list[int]) -> dict[int, str]:
    """The names of the organisations of these people, by person."""
    rows = Customer.objects.filter(pk__in=pks, organisation__in=Customer.objects.visible_to(user))
    return dict(rows.values_list("pk", "organisation__name"))
