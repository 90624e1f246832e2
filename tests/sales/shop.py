"""A shop of customers who bought these products, without the forms."""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from contacts.models import Customer
from crm.company.selectors import company_day
from crm.staff.models import Team, User
from sales.days import noon_of
from sales.models import Order, OrderLine, Product


def product(name: str, **values: Any) -> Product:
    found, _new = Product.objects.get_or_create(
        code=name.upper(), defaults={"name": name, "price_amount": Decimal(10), **values}
    )
    return found


def buy(customer: Customer, *names: str, day: date | None = None, owner: User | None = None) -> Order:
    """One placed order with a line for each product."""
    placed_on = day or company_day() - timedelta(days=10)
    order = Order.objects.create(
        customer=customer, payer_id=customer.payer_id, owner=owner or customer.owner, team=customer.team,
        external_id=f"T-{Order.objects.count()}", placed_at=noon_of(placed_on), placed_on=placed_on,
        currency="USD", amount=10 * len(names), base_amount=10 * len(names),
    )  # fmt: skip
    OrderLine.objects.bulk_create(
        OrderLine(order=order, product=product(name), text=name, quantity=1, unit_amount=10, line_amount=10)
        for name in names
    )
    return order


def shop(
    baskets: Sequence[Sequence[str]], *, kind: str = "person", day: date | None = None
) -> list[Customer]:
    """A customer for each basket."""
    team = Team.objects.order_by("pk")[0]
    made = []
    for number, names in enumerate(baskets):
        name = f"Buyer {Customer.objects.count()} {number}"
        customer = Customer.objects.create(name=name, sort_name=name.casefold(), kind=kind, team=team)
        if names:
            buy(customer, *names, day=day)
        made.append(customer)
    return made
