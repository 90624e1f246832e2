"""Changing many customers or tasks at once; the rows are locked by the caller."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db import transaction

from contacts.models import Customer, Tag, Task
from contacts.services.customer import INDEXED
from contacts.services.engagement import task_create
from contacts.services.tag_names import tag_called
from crm.access.services import require
from crm.audit.services import record_many
from crm.records.services import write_many
from crm.search.services import index, reassign
from crm.staff.models import User

Before = dict[int, dict[str, Any]]


@transaction.atomic
def customers_edit(*, actor: User, rows: Sequence[Customer], values: Mapping[str, Any]) -> Before:
    """The same values for many customers. Whoever may not edit one of them (or assign it) changes none."""
    for customer in rows:
        require(actor, "contacts.edit_customer", customer)
        if {"owner_id", "team_id"} & values.keys():
            require(actor, "contacts.assign_customer", customer)
    before = write_many(actor=actor, rows=rows, values=values, action="contacts.customer.edit")
    reindex([row for row in rows if row.pk in before], values)
    return before


def reindex(customers: Sequence[Customer], values: Mapping[str, Any]) -> None:
    if not customers or not INDEXED & {name.removesuffix("_id") for name in values}:
        return
    if values.keys() <= {"owner_id", "team_id"}:
        reassign(customers, **values)
        return
    for customer in customers:
        index(customer)


@transaction.atomic
def customers_tag(*, actor: User, rows: Sequence[Customer], tag: Tag) -> set[int]:
    """Add a tag; returns the keys of those that did not have it."""
    for customer in rows:
        require(actor, "contacts.tag_customer", customer)
    through = Customer.tags.through
    tagged = set(through.objects.filter(tag=tag, customer__in=rows).values_list("customer_id", flat=True))
    missing = [customer for customer in rows if customer.pk not in tagged]
    through.objects.bulk_create(
        [through(customer_id=customer.pk, tag_id=tag.pk) for customer in missing], ignore_conflicts=True
    )
    tell_tags(actor, missing, added=tag)
    return {customer.pk for customer in missing}


@transaction.atomic
def customer_tag_add(*, actor: User, customer: Customer, name: str) -> Tag:
    """Add a tag by its name, and nothing else: what others do to the rest of the tags meanwhile stays."""
    tag = tag_called(name)
    customers_tag(actor=actor, rows=[customer], tag=tag)
    return tag


@transaction.atomic
def customers_untag(*, actor: User, rows: Sequence[Customer], tag: Tag) -> set[int]:
    """Take a tag away; returns the keys of those that had it."""
    for customer in rows:
        require(actor, "contacts.tag_customer", customer)
    through = Customer.tags.through
    held = through.objects.filter(tag=tag, customer__in=rows)
    tagged = set(held.values_list("customer_id", flat=True))
    held.delete()
    tell_tags(actor, [customer for customer in rows if customer.pk in tagged], removed=tag)
    return tagged


def tell_tags(
    actor: User, customers: Sequence[Customer], *, added: Tag | None = None, removed: Tag | None = None
) -> None:
    before = {"tags": [removed.name] if removed else []}
    after = {"tags": [added.name] if added else []}
    changes = [(customer, before, after) for customer in customers]
    record_many(actor=actor, action="contacts.customer.tag", changes=changes)


@transaction.atomic
def customers_task(*, actor: User, rows: Iterable[Customer], values: Mapping[str, Any]) -> dict[int, Task]:
    """A task about each customer, by customer; without an owner it goes to the customer's own."""
    return {
        customer.pk: task_create(
            actor=actor,
            values={**values, "customer": customer, "owner": values.get("owner") or customer.owner or actor},
        )
        for customer in rows
    }
