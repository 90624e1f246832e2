"""Writing orders. Every change wakes the value engine through a dirty row of the payer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone

from contacts.models import Customer
from contacts.services.dirty import mark_dirty
from crm.access.services import require
from crm.audit.services import record
from crm.company.selectors import company
from crm.money.services import base_amount, rounded
from crm.records.services import write_changes
from crm.search.services import index
from crm.staff.models import Team, User
from crm.staff.selectors import default_team
from sales.choices import OrderStatus
from sales.days import moment_of
from sales.models import Deal, DealLine, Order, OrderLine, Product, QuoteLine
from sales.numbers import next_order_number
from sales.order_limits import check_limits
from sales.product_names import plain, products_named


@dataclass(frozen=True)
class Line:
    """A line as it is typed: quantity x unit price, less a discount in per cent.

    `book_amount` is what one costs by the customer's price book, as far as that was looked up.
    """

    quantity: Decimal
    unit_amount: Decimal
    product: Product | None = None
    text: str = ""
    discount_rate: Decimal = Decimal(0)
    book_amount: Decimal | None = None

    def amount(self, currency: str) -> Decimal:
        return rounded(self.quantity * self.unit_amount * (100 - self.discount_rate) / 100, currency)


def line_of(row: DealLine | QuoteLine) -> Line:
    """A written line as if it were typed."""
    return Line(row.quantity, row.unit_amount, row.product, row.text, row.discount_rate, row.book_amount)


def with_products(lines: Sequence[Line]) -> list[Line]:
    """A line whose text is the name or the code of a product is one of that product."""
    named = products_named(line.text for line in lines if line.product is None)
    return [replace(line, product=line.product or named.get(plain(line.text))) for line in lines]


@transaction.atomic
def order_create(
    *,
    actor: User,
    customer: Customer,
    placed_on: date,
    currency: str,
    lines: Sequence[Line],
    number: str = "",
) -> Order:
    """Place an order; its payer is fixed now: the buyer's organisation, else the buyer.

    Raises NoRate, ValidationError for a discount that the actor may not grant.
    """
    require(actor, "sales.create_order")
    require(actor, "contacts.view_customer", customer)
    lines = with_products(lines)
    check_limits(actor, customer, currency, lines)
    return order_place(
        actor=actor,
        customer=customer,
        placed_on=placed_on,
        currency=currency,
        lines=lines,
        number=number,
        owner=actor,
        team=default_team(actor),
        lead_source=customer.source,
    )


def order_place(
    *,
    actor: User | None,
    customer: Customer,
    placed_on: date,
    currency: str,
    lines: Sequence[Line],
    owner: User | None,
    team: Team,
    number: str = "",
    deal: Deal | None = None,
    lead_source: str = "",
) -> Order:
    """Write an order in the caller's transaction, who has asked for permission. Raises NoRate."""
    amount = sum((line.amount(currency) for line in lines), Decimal(0))
    order = Order.objects.create(
        customer=customer,
        payer_id=customer.payer_id,
        owner=owner,
        team=team,
        external_id=number or next_order_number(),
        placed_at=moment_of(placed_on),
        placed_on=placed_on,
        currency=currency,
        amount=amount,
        base_amount=base_amount(amount, currency, placed_on),
        margin_amount=margin(lines, currency, placed_on),
        deal=deal,
        lead_source=lead_source,
    )
    OrderLine.objects.bulk_create(order_line(order, line) for line in lines)
    index(order)
    mark_dirty([order.payer_id], "order")
    sale_keep(order)
    after = {"customer": customer, "placed_on": placed_on, "amount": amount, "currency": currency}
    record(actor=actor, action="sales.order.create", obj=order, after=after)
    return order


def order_line(order: Order, line: Line) -> OrderLine:
    return OrderLine(
        order=order,
        product=line.product,
        text=line.text or (line.product.name if line.product else ""),
        quantity=line.quantity,
        unit_amount=line.unit_amount,
        discount_rate=line.discount_rate,
        line_amount=line.amount(order.currency),
    )


def margin(lines: Sequence[Line], currency: str, day: date) -> Decimal | None:
    """Revenue less cost in the company's currency; None unless the cost of every line is known."""
    costs = [line.product.cost_amount if line.product else None for line in lines]
    if not lines or any(cost is None for cost in costs):
        return None
    spent = sum((line.quantity * (cost or 0) for line, cost in zip(lines, costs, strict=True)), Decimal(0))
    revenue = sum((line.amount(currency) for line in lines), Decimal(0))
    return rounded(base_amount(revenue, currency, day) - spent, company().currency)


def change_status(actor: User, order: Order, status: OrderStatus, verb: str) -> Order:
    require(actor, f"sales.{verb}_order", order)
    if order.status != status:
        values: Mapping[str, Any] = {"status": status.value}
        write_changes(actor=actor, obj=order, values=values, version=None, action=f"sales.order.{verb}")
        mark_dirty([order.payer_id], "order")
        sale_keep(order)
    return order


def sale_keep(order: Order) -> None:
    """A deal whose orders were all cancelled or sent back counts as sold no longer."""
    if order.deal_id is None:
        return
    is_sold = Order.objects.filter(deal=order.deal_id, status=OrderStatus.PLACED).exists()
    rows = Deal.objects.filter(pk=order.deal_id, is_taken_back=is_sold)
    rows.update(is_taken_back=not is_sold, updated_at=timezone.now())


@transaction.atomic
def order_cancel(*, actor: User, order: Order) -> Order:
    """Take the order back before delivery: it no longer counts. Cancelled twice is cancelled once."""
    return change_status(actor, order, OrderStatus.CANCELLED, "cancel")


@transaction.atomic
def order_return(*, actor: User, order: Order) -> Order:
    """The goods came back: it no longer counts."""
    return change_status(actor, order, OrderStatus.RETURNED, "return")


@transaction.atomic
def order_reinstate(*, actor: User, order: Order) -> Order:
    """Undo of cancel and return."""
    return change_status(actor, order, OrderStatus.PLACED, "reinstate")
