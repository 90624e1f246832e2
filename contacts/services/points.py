"""Writing contact points."""

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
from crm.search.services import index
from crm.staff.models import User


def normal_point(kind: str, text: str, customer: Customer) -> str:
    """The value as it is kept and compared. Raises ValidationError in plain words."""
    if kind == PointKind.EMAIL:
        value = normal_email(text)
        validate_email(value)
        return value
    if kind == PointKind.PHONE:
        try:
            return normal_phone(text, customer.country or company().country)
        except ValueError as fault:
            raise ValidationError(_("This is not a phone number.")) from fault
    return text.strip()


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
def point_add(*, actor: User, customer: Customer, kind: str, text: str) -> ContactPoint:
    """Add a way to reach the customer; the first of its kind is the primary one."""
    require(actor, "contacts.edit_customer", customer)
    value = normal_point(kind, text, customer)
    is_first = not customer.contact_points.filter(kind=kind).exists()
    point, created = ContactPoint.objects.get_or_create(
        customer=customer, kind=kind, value=value, defaults={"shown": text.strip(), "is_primary": is_first}
    )
    if created:
        index(customer)
        record(actor=actor, action="contacts.customer.point_add", obj=customer, after={kind: value})
    return point


@transaction.atomic
def point_remove(*, actor: User, point: ContactPoint) -> None:
    """Remove it; the oldest remaining one of its kind becomes the primary."""
    customer = point.customer
    require(actor, "contacts.edit_customer", customer)
    kind, value, was_primary = point.kind, point.value, point.is_primary
    point.delete()
    successor = customer.contact_points.filter(kind=kind).order_by("pk").first()
    if was_primary and successor:
        customer.contact_points.filter(pk=successor.pk).update(is_primary=True)
    index(customer)
    record(actor=actor, action="contacts.customer.point_remove", obj=customer, before={kind: value})


@transaction.atomic
def points_edit(*, actor: User, customer: Customer, **texts: str) -> None:
    """Change the primary e-mail or phone (`email=`, `phone=`); an empty text takes the primary one away."""
    require(actor, "contacts.edit_customer", customer)
    for kind, text in texts.items():
        old = customer.contact_points.filter(kind=kind, is_primary=True).first()
        before = old.shown if old else ""
        if text.strip() == before:
            continue
        if text.strip():
            primary_set(customer, kind, text)
        elif old:
            point_remove(actor=actor, point=old)
            continue
        index(customer)
        record(
            actor=actor,
            action="contacts.customer.points_edit",
            obj=customer,
            before={kind: before},
            after={kind: text.strip()},
        )
