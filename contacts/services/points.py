"""Writing contact points."""

from collections.abc import Mapping

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.translation import gettext as _

from contacts.choices import PointKind
from contacts.models import ContactPoint, Customer
from contacts.points import normal_email, normal_phone
from crm.access.services import require
from crm.audit.services import record
from crm.company.selectors import company
from crm.records.services import check_version, touch
from crm.search.services import index
from crm.staff.models import User


def normal_point(kind: str, text: str, customer: Customer) -> str:
    """The value of an e-mail or phone as it is kept and compared. Raises ValidationError in plain words."""
    if kind == PointKind.EMAIL:
        value = normal_email(text)
        validate_email(value)
        return value
    try:
        return normal_phone(text, customer.country or company().country)
    except ValueError as fault:
        raise ValidationError(_("This is not a phone number.")) from fault


def points_set(*, customer: Customer, email: str = "", phone: str = "") -> None:
    """Set the primary e-mail and phone of a customer in the caller's transaction; empty leaves them alone."""
    for kind, text in ((PointKind.EMAIL, email), (PointKind.PHONE, phone)):
        if text.strip():
            primary_set(customer, kind, text)


def primary_set(customer: Customer, kind: str, text: str) -> ContactPoint:
    try:
        value = normal_point(kind, text, customer)
    except ValidationError as fault:
        raise ValidationError({kind: fault.messages}) from fault
    customer.contact_points.filter(kind=kind, is_primary=True).exclude(value=value).update(is_primary=False)
    point, _created = ContactPoint.objects.update_or_create(
        customer=customer, kind=kind, value=value, defaults={"shown": text.strip(), "is_primary": True}
    )
    return point


@transaction.atomic
def points_edit(*, actor: User, customer: Customer, version: int, texts: Mapping[str, str]) -> Customer:
    """Change the primary e-mail or phone; an empty text takes the primary one away.

    The points belong to the customer's version: raises StaleRecord when it has moved on.
    """
    require(actor, "contacts.edit_customer", customer)
    points = customer.contact_points.filter(is_primary=True, kind__in=texts)
    before = dict.fromkeys(texts, "") | dict(points.values_list("kind", "shown"))
    changes = {kind: text.strip() for kind, text in texts.items() if text.strip() != before[kind]}
    if not changes:
        return check_version(customer, version)
    touch(customer, version)
    for kind, text in changes.items():
        primary_set(customer, kind, text) if text else primary_remove(customer, kind)
    index(customer)
    record(
        actor=actor,
        action="contacts.customer.edit",
        obj=customer,
        before={kind: before[kind] for kind in changes},
        after=changes,
    )
    return customer


def primary_remove(customer: Customer, kind: str) -> None:
    """The oldest remaining one of its kind becomes the primary."""
    customer.contact_points.filter(kind=kind, is_primary=True).delete()
    successor = customer.contact_points.filter(kind=kind).order_by("pk").first()
    if successor:
        customer.contact_points.filter(pk=successor.pk).update(is_primary=True)
