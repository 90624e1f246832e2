"""Reading people, organisations and what hangs on them, as far as the reader may see it."""

from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from contacts.choices import RelationshipKind
from contacts.employers import has_hidden_employer
from contacts.models import (
    Attachment,
    Consent,
    Customer,
    CustomerValue,
    DirtyCustomer,
    Interaction,
    Relationship,
    Tag,
    Task,
)
from contacts.permissions import VIEW_VALUE
from crm.access.querysets import AccessQuerySet
from crm.access.services import allowed, find
from crm.staff.models import User


def customers(user: User) -> AccessQuerySet[Customer]:
    return Customer.objects.alive().visible_to(user)


def customer_find(user: User, pk: int) -> Customer:
    """The customer with what a record page shows. Raises Http404 for the invisible and the deleted."""
    rows = Customer.objects.alive().select_related(
        "owner", "team", "organisation", "value", "organisation__value"
    )
    return find(rows, user, pk)


def payer_value(user: User, customer: Customer) -> tuple[Customer, CustomerValue | None]:
    """Who pays for this customer, and what that payer is worth; a person's value is their organisation's."""
    payer = customer.organisation or customer
    if not allowed(user, VIEW_VALUE):
        return payer, None
    if payer != customer and not customers(user).filter(pk=payer.pk).exists():
        return payer, None
    return payer, getattr(payer, "value", None)


def value_strip(user: User, customer: Customer) -> dict[str, Any]:
    """What contacts/value_strip.html shows: nothing to those who may not know the payer's value."""
    payer, value = payer_value(user, customer)
    shows = allowed(user, VIEW_VALUE) and not has_hidden_employer(user, customer)
    return {
        "value": value,
        "value_customer": payer if payer != customer and value else None,
        "shows_value": shows,
        "value_pending": shows and value is None and is_dirty(payer),
    }


def is_dirty(payer: Customer) -> bool:
    """Whether something changed that the values do not know yet."""
    return DirtyCustomer.objects.filter(customer_id=payer.pk).exists()


def relationships(user: User, customer: Customer) -> list[tuple[Relationship, Customer, bool]]:
    """(relationship, the other side, whether it is read backwards) for the sides the reader may see."""
    rows = Relationship.objects.filter(Q(from_customer=customer) | Q(to_customer=customer)).select_related(
        "from_customer", "to_customer"
    )
    visible = set(customers(user).filter(pk__in=others(rows, customer)).values_list("pk", flat=True))
    sides = [(row, *other_side(row, customer)) for row in rows if not says_employer(row)]
    return [side for side in sides if side[1].pk in visible]


def says_employer(row: Relationship) -> bool:
    """What the person's own organisation tells already."""
    return row.kind == RelationshipKind.WORKS_FOR and row.from_customer.organisation_id == row.to_customer_id


def others(rows: QuerySet[Relationship], customer: Customer) -> list[int]:
    return [other_side(row, customer)[0].pk for row in rows]


def other_side(row: Relationship, customer: Customer) -> tuple[Customer, bool]:
    backwards = row.to_customer_id == customer.pk
    return (row.from_customer, True) if backwards else (row.to_customer, False)


def people(user: User, organisation: Customer) -> QuerySet[Customer]:
    """Who works at an organisation."""
    return customers(user).filter(organisation=organisation).order_by("sort_name", "pk")


def open_tasks(user: User) -> AccessQuerySet[Task]:
    return Task.objects.filter(done_at=None, deleted_at=None).visible_to(user)


def my_tasks(user: User) -> QuerySet[Task]:
    """The person's own open tasks, the longest overdue first, those without a day last."""
    return open_tasks(user).filter(owner=user).select_related("customer").order_by("due_on", "pk")


def customer_tasks(user: User, customer: Customer) -> QuerySet[Task]:
    return open_tasks(user).filter(customer=customer).select_related("owner").order_by("due_on", "pk")


def interactions(user: User, customer: Customer) -> AccessQuerySet[Interaction]:
    return Interaction.objects.filter(customer=customer, deleted_at=None).visible_to(user)


def interaction_find(user: User, pk: int, *, deleted: bool = False) -> Interaction:
    """The entry (or the deleted one) of a customer the person may see."""
    rows = Interaction.objects.filter(deleted_at__isnull=not deleted, customer__deleted_at=None)
    return find(rows.select_related("customer", "actor"), user, pk)


def attachments(user: User, customer: Customer) -> QuerySet[Attachment]:
    return (
        Attachment.objects.filter(customer=customer, deleted_at=None)
        .visible_to(user)
        .order_by("-uploaded_at")
    )


def consents_now(user: User, customer: Customer) -> QuerySet[Consent]:
    """What holds today: the newest entry of every purpose and channel."""
    rows = Consent.objects.filter(customer=customer).visible_to(user)
    return rows.order_by("purpose", "channel", "-id").distinct("purpose", "channel")


def tag_names(user: User, begins: str, limit: int = 30) -> list[str]:
    """Names of tags on customers the person may see, by their beginning."""
    used = customers(user).filter(tags=OuterRef("pk"))
    known = Tag.objects.filter(Exists(used), name__istartswith=begins.replace("\0", "").strip())
    return list(known.order_by("name").values_list("name", flat=True)[:limit])


CUSTOMER_KEYS = ("customer_id", "customer_name", "rfm_group", "rfm_group_label", "churn_risk")


def hide_invisible(user: User, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Take the customer out of rows (tasks, orders) whose customer the reader may not see, or that was deleted."""
    wanted = {row["customer_id"] for row in rows}
    visible = set(customers(user).filter(pk__in=wanted).values_list("pk", flat=True))
    for row in rows:
        if row["customer_id"] not in visible:
            row.update({key: None for key in CUSTOMER_KEYS if key in row})
    return rows


def tag_options() -> list[tuple[int, str]]:
    return list(Tag.objects.values_list("pk", "name"))
