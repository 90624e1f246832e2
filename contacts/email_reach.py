"""The e-mail addresses at which a customer can be written to: their own, and those of the people there."""

from dataclasses import dataclass

from django.db.models import Case, Q, QuerySet, When

from contacts.choices import PointKind
from contacts.models import ContactPoint, Customer
from crm.staff.models import User

MOST = 200


@dataclass(frozen=True)
class Reachable:
    address: str
    name: str
    customer_id: int
    is_primary: bool
    is_bounced: bool


def points_near(user: User, customer: Customer) -> QuerySet[ContactPoint]:
    """E-mail addresses of the customer and of the people there whom the reader may see.

    Of a person also those of the organisation and its other people, for copies.
    """
    house = customer.organisation_id if customer.is_person else customer.pk
    near = Q(pk=customer.pk) | Q(organisation=customer.pk)
    if house:
        near |= Q(pk=house) | Q(organisation=house)
    seen = Customer.objects.alive().filter(near).visible_to(user)
    return ContactPoint.objects.filter(customer__in=seen.order_by(), kind=PointKind.EMAIL)


def reachable(user: User, customer: Customer) -> list[Reachable]:
    """To choose from: their own addresses first, the primary one before the others, then those of people there."""
    own_first = Case(When(customer=customer, then=0), default=1)
    rows = points_near(user, customer).select_related("customer")
    return [
        Reachable(point.value, point.customer.name, point.customer_id, point.is_primary, point.is_bounced)
        for point in rows.order_by(own_first, "customer__sort_name", "-is_primary", "pk")[:MOST]
    ]
