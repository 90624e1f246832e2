"""Orders on the timeline of their customer, as far as the reader may see them."""

from django.urls import reverse
from django.utils.translation import gettext as _

from contacts.models import Customer
from contacts.selectors import customers
from crm.money.formatting import money
from crm.records.timeline import Entry, Place, earlier
from crm.staff.models import User
from sales.choices import OrderStatus
from sales.days import has_clock
from sales.models import Order
from sales.selectors import customer_orders

SOURCE = "order"


def orders(user: User, customer: Customer, before: Place | None, limit: int) -> list[Entry]:
    rows = earlier(customer_orders(user, customer), before, SOURCE, "placed_at")[:limit]
    found = list(rows.select_related("customer"))
    others = {row.customer_id for row in found} - {customer.pk}
    visible = set(customers(user).filter(pk__in=others).values_list("pk", flat=True)) if others else set()
    return [entry(row, customer, named=row.customer_id in visible) for row in found]


def entry(order: Order, customer: Customer, *, named: bool) -> Entry:
    text = _("Order %(number)s for %(amount)s")
    status = OrderStatus(order.status)
    return Entry(
        id=order.pk,
        source=SOURCE,
        kind="order",
        icon="shopping-bag",
        happened_at=order.placed_at,
        summary=text % {"number": order.external_id, "amount": money(order.amount, order.currency)},
        body=""
        if order.customer_id == customer.pk or not named
        else _("Ordered by %s") % order.customer.name,
        url=reverse("sales:order-record", args=[order.pk]),
        state="" if status is OrderStatus.PLACED else str(status.label),
        has_clock=has_clock(order.placed_at, order.placed_on),
    )
