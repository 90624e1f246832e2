"""Writing customers."""

from collections.abc import Mapping
from copy import copy as duplicate
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from contacts.choices import CustomerKind
from contacts.models import Customer
from contacts.services.points import match_waiting, points_edit, points_set
from contacts.services.tag_names import tags_called
from crm.access.services import require
from crm.audit.services import record
from crm.records.services import assigned, write_changes, write_deletion, write_restoration
from crm.search.folding import sort_name
from crm.search.services import index, unindex
from crm.staff.models import User
from crm.staff.selectors import default_team

INDEXED = {"name", "organisation", "city", "owner", "team"}


@transaction.atomic
def customer_create(*, actor: User, values: Mapping[str, Any], email: str = "", phone: str = "") -> Customer:
    """Add a person or organisation; without an owner it belongs to its creator."""
    require(actor, "contacts.create_customer")
    customer = Customer(owner=actor, team=default_team(actor))
    for name, value in assigned(customer, values).items():
        setattr(customer, name, value)
    check_assignment(actor, customer)
    check_organisation(customer)
    customer.sort_name = sort_name(customer.name)
    customer.save()
    points_set(customer=customer, email=email, phone=phone)
    index(customer)
    record(
        actor=actor, action="contacts.customer.create", obj=customer, after={"name": customer.name, **values}
    )
    return customer


@transaction.atomic
def customer_edit(
    *,
    actor: User,
    customer: Customer,
    values: Mapping[str, Any],
    version: int,
    points: Mapping[str, str] | None = None,
) -> Customer:
    """Change fields and the primary e-mail and phone (`points`), all or nothing.

    A new owner or team also needs the right to assign. Raises StaleRecord, ValidationError.
    """
    require(actor, "contacts.edit_customer", customer)
    if {"owner", "team"} & values.keys():
        require(actor, "contacts.assign_customer", customer)
    changes = dict(values)
    if "name" in changes:
        changes["sort_name"] = sort_name(changes["name"])
    if {"organisation", "kind"} & changes.keys():
        check_organisation(with_values(customer, changes))
    write_changes(actor=actor, obj=customer, values=changes, version=version, action="contacts.customer.edit")
    if points:
        points_edit(actor=actor, customer=customer, version=customer.version, texts=points)
    if INDEXED & changes.keys():
        index(customer)
    return customer


def with_values(customer: Customer, values: Mapping[str, Any]) -> Customer:
    """A copy of the customer as it would be."""
    draft = duplicate(customer)
    for name, value in assigned(customer, values).items():
        setattr(draft, name, value)
    return draft


def check_assignment(actor: User, customer: Customer) -> None:
    """Giving a new customer to somebody else, or to a team one is not in, needs the right to assign."""
    own_team = customer.team_id == default_team(actor).pk or actor.teams.filter(pk=customer.team_id).exists()
    if customer.owner_id not in (None, actor.pk) or not own_team:
        require(actor, "contacts.assign_customer")


def check_organisation(customer: Customer) -> None:
    """Only a person works at an organisation, and only at an organisation. `customer` has the new values."""
    if (
        customer.kind == CustomerKind.PERSON
        and customer.pk
        and customer.people.filter(deleted_at=None).exists()
    ):
        raise ValidationError({"kind": _("People work here: it stays an organisation.")})
    employer = customer.organisation
    if employer is None:
        return
    if customer.kind != CustomerKind.PERSON:
        raise ValidationError({"organisation": _("Only a person can work for an organisation.")})
    if employer.kind != CustomerKind.ORGANISATION or employer.deleted_at:
        raise ValidationError({"organisation": _("Choose an organisation.")})


@transaction.atomic
def customer_delete(*, actor: User, customer: Customer, version: int | None = None) -> Customer:
    """Take the customer out of every list and search; orders and history stay. `customer_restore` undoes it."""
    require(actor, "contacts.delete_customer", customer)
    write_deletion(actor=actor, obj=customer, action="contacts.customer.delete", version=version)
    unindex(customer)
    return customer


@transaction.atomic
def customer_restore(*, actor: User, customer: Customer) -> Customer:
    require(actor, "contacts.restore_customer", customer)
    write_restoration(actor=actor, obj=customer, action="contacts.customer.restore")
    index(customer)
    match_waiting(customer, customer.contact_points.all())
    return customer


@transaction.atomic
def customer_tag(*, actor: User, customer: Customer, names: list[str]) -> Customer:
    """Set the tags to exactly these names; unknown ones are added."""
    require(actor, "contacts.tag_customer", customer)
    before = sorted(customer.tags.values_list("name", flat=True))
    tags = tags_called({" ".join(name.split())[:50] for name in names if name.strip()})
    wanted = sorted(tag.name for tag in tags)
    if wanted != before:
        customer.tags.set(tags)
        record(
            actor=actor,
            action="contacts.customer.tag",
            obj=customer,
            before={"tags": before},
            after={"tags": wanted},
        )
    return customer
