"""The figures that a request for approval keeps of the moment it is made."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from crm.money.services import NoRate, base_amount, rounded
from sales.approvals import Written
from sales.discounts import Excess, terms_of
from sales.models import Deal, Quote
from sales.services.order import line_of, margin


def figures(document: Deal | Quote, lines: Sequence[Written], excess: Sequence[Excess]) -> dict[str, Any]:
    typed, currency = [line_of(line) for line in lines], document.currency
    amount = sum((line.amount(currency) for line in typed), Decimal(0))
    by_book = [
        line.quantity * (line.unit_amount if line.book_amount is None else line.book_amount) for line in typed
    ]
    return {
        "terms": terms_of(excess),
        "rate": max((found.line.rate for found in excess), default=Decimal(0)),
        "currency": currency,
        "list_amount": rounded(sum(by_book, Decimal(0)), currency),
        "amount": amount,
        "margin_share": margin_share(document, typed, amount),
    }


def margin_share(document: Deal | Quote, typed: Any, amount: Decimal) -> float | None:
    """What is left of the whole; None where a cost is not known, or there is no rate."""
    try:
        left = margin(typed, document.currency, document.rated_on)
        base = base_amount(amount, document.currency, document.rated_on)
    except NoRate:
        return None
    return float(left / base) if left is not None and base else None
