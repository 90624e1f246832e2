"""What the lines of a deal or a quote would cost by the customer's price book: from there discounts are counted."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from crm.money.services import NoRate
from sales.deal_pricing import pricing_of
from sales.models import Deal, DealLine, Product, QuoteLine
from sales.prices import Pricing
from sales.services.order import Line

Written = DealLine | QuoteLine


def with_book_amounts(deal: Deal, lines: Sequence[Line], before: Sequence[Written]) -> list[Line]:
    """Lines that stay as they were keep the price they were written against; the others are looked up, all at once.

    So a customer who leaves a group never makes a discount of a price that they were promised.
    """
    kept = [kept_of(line, before) for line in lines]
    fresh = [line.product for line, old in zip(lines, kept, strict=True) if old is None and line.product]
    pricing = pricing_of(deal).read(fresh) if fresh else None
    return [
        replace(line, book_amount=old.book_amount if old else looked_up(pricing, line))
        for line, old in zip(lines, kept, strict=True)
    ]


def kept_of(line: Line, before: Sequence[Written]) -> Written | None:
    """The line as it was: the same product at the same price, and no fewer of it."""
    same = (
        row
        for row in before
        if line.product is not None
        and row.product_id == line.product.pk
        and row.unit_amount == line.unit_amount
        and line.quantity >= row.quantity
    )
    return next(same, None)


def looked_up(pricing: Pricing | None, line: Line) -> Decimal | None:
    if line.product is None or pricing is None:
        return None
    return book_amount(pricing, line.product, line.quantity)


def book_amount(pricing: Pricing, product: Product, quantity: Decimal) -> Decimal | None:
    try:
        found = pricing.price(product, quantity)
    except NoRate:
        return None
    return found.amount if found else None
