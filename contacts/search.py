"""How customers are found: by name, organisation, e-mail, phone, city and ids of other systems."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from contacts.choices import PointKind
from contacts.employers import employer_names, found_by
from contacts.models import Customer, EmailMessage
from crm.search.sources import Document, SearchSource
from crm.staff.models import User


def customer_document(customer: Customer) -> Document:
    kinds = list(PointKind)
    points = [
        point.value
        for point in sorted(
            customer.contact_points.all(), key=lambda p: (kinds.index(PointKind(p.kind)), not p.is_primary)
        )
    ]
    ids = [external.value for external in customer.external_ids.all()]
    organisation = customer.organisation.name if customer.organisation else ""
    # without the organisation, which not everybody who may see the person may see: `beside` adds it
    subtitle = " · ".join(filter(None, (points[0] if points else "", customer.city)))
    return Document(customer.name, subtitle, (customer.name, organisation, customer.city, *points, *ids))


def customer_url(pk: int) -> str:
    return reverse("contacts:customer-record", args=[pk])


CUSTOMERS = SearchSource(
    "contacts.customer",
    _("Customer"),
    icon="user",
    url=customer_url,
    document=customer_document,
    beside=employer_names,
    found_by=found_by,
)


def email_document(message: EmailMessage) -> Document:
    # without names and addresses, which not everybody who may see one of its records may see
    return Document(message.subject, message.get_direction_display(), (message.subject,))


def email_url(pk: int) -> str:
    return reverse("contacts:email", args=[pk])


def emails_seen(user: User, _text: str, pks: list[int]) -> set[int]:
    """Judged by the records it stands on, as they are now."""
    return set(EmailMessage.objects.filter(pk__in=pks).visible_to(user).values_list("pk", flat=True))


EMAILS = SearchSource(
    "contacts.emailmessage", _("E-mail"), icon="mail", url=email_url, document=email_document,
    access="contacts.customer", found_by=emails_seen,
)  # fmt: skip
