"""What the lines of a deal or a quote would cost by the customer's price book: from there discounts are counted."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from crm.money.services import NoRate
from sales.deal_pricing import pricing_of
from sales.models import Deal, DealLine, Product, Quote, QuoteLine
from sales.prices import Pricing
from sales.services.order import Line, line_of, with_products

Written = DealLine | QuoteLine


def with_book_amounts(
    deal: Deal, lines: Sequence[Line], before: Sequence[Written], quote: Quote | None = None
) -> list[Line]:
    """Lines that stay as they were keep the price they were written against; the others are looked up, all at once.

    So a customer who leaves a group never makes a discount of a price that they were promised. A line whose text is
    the name or the code of a product is one of that product.
    """
    lines = with_products(lines)
    kept = kept_of(lines, before)
    fresh = [line.product for line, old in zip(lines, kept, strict=True) if old is None and line.product]
    pricing = pricing_of(deal, (quote or deal).currency).read(fresh) if fresh else None
    return [
        replace(line, book_amount=old.book_amount if old else looked_up(pricing, line))
        for line, old in zip(lines, kept, strict=True)
    ]


def kept_of(lines: Sequence[Line], before: Sequence[Written]) -> list[Written | None]:
    """Each line as it was: as many of the same product at the same price. What was there once is kept once."""
    left = [row for row in before if row.book_amount is not None]
    kept = []
    for line in lines:
        old = next((row for row in left if is_same(row, line)), None)
        if old is not None:
            left.remove(old)
        kept.append(old)
    return kept


def is_same(row: Written, line: Line) -> bool:
    return (
        line.product is not None
        and row.product_id == line.product.pk
        and row.unit_amount == line.unit_amount
        and row.quantity == line.quantity
    )


def book_amounts_anew(deal: Deal, document: Deal | Quote) -> None:
    """Write what the lines of the deal or of a quote of it cost by the price book of today's payer."""
    rows: list[Written] = list(document.lines.select_related("product"))
    pricing = pricing_of(deal, document.currency).read(row.product for row in rows if row.product)
    for row in rows:
        row.book_amount = looked_up(pricing, line_of(row))
        row.save(update_fields=["book_amount"])


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
