"""Orders on the timeline of their customer, as far as the reader may see them."""

from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from contacts.models import Customer
from crm.records.timeline import Entry
from crm.staff.models import User
from crm.money.formatting import money
from sales.choices import OrderStatus
from sales.models import Order
from sales.selectors import customer_orders


def orders(user: User, customer: Customer, before: datetime | None, limit: int) -> list[Entry]:
    rows = customer_orders(user, customer)
    if before:
        rows = rows.filter(placed_at__lt=before)
    return [entry(row, customer) for row in rows.select_related("customer")[:limit]]


def entry(order: Order, customer: Customer) -> Entry:
    text = {
        OrderStatus.PLACED: _("Order %(number)s for %(amount)s"),
        OrderStatus.CANCELLED: _("Order %(number)s for %(amount)s, cancelled"),
        OrderStatus.RETURNED: _("Order %(number)s for %(amount)s, returned"),
    }[OrderStatus(order.status)]
    return Entry(
        id=order.pk,
        kind="order",
        icon="shopping-bag",
        happened_at=order.placed_at,
        summary=text % {"number": order.external_id, "amount": money(order.amount, order.currency)},
        body="" if order.customer_id == customer.pk else _("Ordered by %s") % order.customer.name,
        url=reverse("sales:order-record", args=[order.pk]),
    )
