"""Writing contact points: they belong to the customer's version, index and history."""

from collections.abc import Iterable, Mapping

from django.core.exceptions import ValidationError
from django.db import transaction

from contacts.choices import PointKind
from contacts.models import ContactPoint, Customer
from contacts.points import Reach, read_point
from crm.access.services import require
from crm.audit.services import record
from crm.company.selectors import company
from crm.jobs.services import enqueue
from crm.mail.choices import Outcome
from crm.mail.models import IncomingMail
from crm.records.services import check_version, touch
from crm.search.services import index
from crm.staff.models import User


def reach_of(customer: Customer, kind: str, text: str) -> Reach:
    """Raises ValidationError at the field of the kind."""
    try:
        return read_point(kind, text, customer.country or company().country)
    except ValidationError as fault:
        raise ValidationError({kind: fault.messages}) from fault


def points_set(*, customer: Customer, email: str = "", phone: str = "") -> None:
    """Give a new customer their primary e-mail and phone, in the caller's transaction; empty leaves them out."""
    for kind, text in ((PointKind.EMAIL, email), (PointKind.PHONE, phone)):
        if text.strip():
            write_point(customer, None, kind, reach_of(customer, kind, text))


@transaction.atomic
def points_edit(*, actor: User, customer: Customer, version: int, texts: Mapping[str, str]) -> Customer:
    """Change the primary e-mail or phone; an empty text takes the primary one away.

    Raises StaleRecord when the customer's version has moved on, ValidationError at the field.
    """
    require(actor, "contacts.edit_customer", customer)
    points = {point.kind: point for point in customer.contact_points.filter(is_primary=True, kind__in=texts)}
    before = {kind: points[kind].shown if kind in points else "" for kind in texts}
    changes = {kind: text.strip() for kind, text in texts.items() if text.strip() != before[kind]}
    if not changes:
        return check_version(customer, version)
    touch(customer, version)
    for kind, text in changes.items():
        point = points.get(kind)
        if text:
            changes[kind] = write_point(customer, point, kind, reach_of(customer, kind, text)).shown
        elif point:
            remove_point(customer, point)
    index(customer)
    told = {kind: before[kind] for kind in changes}
    record(actor=actor, action="contacts.customer.edit", obj=customer, before=told, after=changes)
    return customer


@transaction.atomic
def point_create(*, actor: User, customer: Customer, kind: str, text: str) -> ContactPoint:
    """Add one more way to reach the customer; the first of its kind is the primary one. Raises ValidationError."""
    require(actor, "contacts.edit_customer", customer)
    reach = reach_of(customer, kind, text)
    known = customer.contact_points.filter(kind=kind, value=reach.value).first()
    if known:
        return known
    touch(customer, customer.version)
    point = write_point(customer, None, kind, reach)
    index(customer)
    after = {kind: point.shown}
    record(actor=actor, action="contacts.customer.point_create", obj=customer, after=after)
    return point


@transaction.atomic
def point_edit(
    *, actor: User, customer: Customer, point: ContactPoint, text: str, version: int
) -> ContactPoint | None:
    """Replace one way to reach the customer; an empty text takes it away. Raises StaleRecord, ValidationError."""
    require(actor, "contacts.edit_customer", customer)
    if text.strip() == point.shown:
        check_version(customer, version)
        return point
    kind, before = point.kind, {point.kind: point.shown}
    written = None
    touch(customer, version)
    if text.strip():
        written = write_point(customer, point, kind, reach_of(customer, kind, text))
    else:
        remove_point(customer, point)
    index(customer)
    after = {kind: written.shown if written else ""}
    record(actor=actor, action="contacts.customer.edit", obj=customer, before=before, after=after)
    return written


def write_point(customer: Customer, point: ContactPoint | None, kind: str, reach: Reach) -> ContactPoint:
    """Put `reach` in the place of `point`, or add it; what the customer has already is not kept twice."""
    primary = customer.contact_points.filter(kind=kind, is_primary=True).first()
    known = customer.contact_points.filter(kind=kind, value=reach.value).first()
    takes_over = point == primary
    if known and point and known != point:
        point.delete()
    found = known or point or ContactPoint(customer=customer, kind=kind)
    if found.value != reach.value:
        found.is_bounced = found.is_verified = False
    found.value, found.shown = reach.value, reach.shown
    found.is_primary = takes_over or found == primary
    found.save()
    match_waiting(customer, [found])
    return found


#: brings mails of an address onto the record that has it now (contacts.services.email_reconciling)
MATCH = "contacts.match_mails"


def match_waiting(customer: Customer, points: Iterable[ContactPoint]) -> None:
    """Queue that job if a mail of these addresses lies in a mailbox of the company and belongs to no record yet."""
    addresses = [point.value for point in points if point.kind == PointKind.EMAIL]
    waiting = IncomingMail.objects.filter(outcome=Outcome.UNMATCHED, account__owner=None)
    if addresses and waiting.filter(sender__in=addresses).exists():
        enqueue(MATCH, customer.pk)


def remove_point(customer: Customer, point: ContactPoint) -> None:
    """The oldest remaining one of its kind becomes the primary."""
    point.delete()
    successor = customer.contact_points.filter(kind=point.kind).order_by("pk").first()
    if point.is_primary and successor:
        customer.contact_points.filter(pk=successor.pk).update(is_primary=True)
