"""Reading orders and products, as far as the reader may see them."""

from django.db.models import QuerySet

from contacts.models import Customer
from crm.access.querysets import AccessQuerySet
from crm.access.services import find
from crm.staff.models import User
from sales.models import Order, OrderLine, Product


def orders(user: User) -> AccessQuerySet[Order]:
    return Order.objects.visible_to(user)


def order_find(user: User, pk: int) -> Order:
    """Raises Http404 for the invisible."""
    rows = Order.objects.select_related("customer", "payer", "owner", "team", "payer__value")
    return find(rows, user, pk)


def order_lines(order: Order) -> QuerySet[OrderLine]:
    return order.lines.select_related("product").order_by("pk")


def customer_orders(user: User, customer: Customer) -> QuerySet[Order]:
    """What the customer bought or paid for, newest first."""
    bought = orders(user).filter(customer=customer)
    return (bought if customer.is_person else bought | orders(user).filter(payer=customer)).order_by(
        "-placed_at", "-id"
    )


def products(user: User) -> AccessQuerySet[Product]:
    return Product.objects.filter(is_active=True).visible_to(user)


def product_find(user: User, pk: int) -> Product:
    """Raises Http404 for the invisible and for what is no longer sold."""
    return find(Product.objects.filter(is_active=True), user, pk)
