"""How customers are found: by name, organisation, e-mail, phone, city and ids of other systems."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from contacts.choices import PointKind
from contacts.employers import employer_names, found_by
from contacts.models import Customer
from crm.search.sources import Document, SearchSource


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
