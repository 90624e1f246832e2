"""What is left of the lines of a deal or a quote when their cost is paid."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from crm.money.services import NoRate
from sales.models import Deal, DealLine, Quote, QuoteLine
from sales.services.order import line_of, margin


@dataclass(frozen=True)
class Margin:
    """In the company's currency; `share` of the revenue, None where that is nothing."""

    amount: Decimal
    share: float | None


def margin_of(deal: Deal | Quote, lines: Sequence[DealLine] | Sequence[QuoteLine]) -> Margin | None:
    """Revenue less cost at the rate of the record; None unless the cost of every line is known."""
    typed = [line_of(row) for row in lines]
    try:
        amount = margin(typed, deal.currency, deal.rated_on)
    except NoRate:
        return None
    if amount is None:
        return None
    return Margin(amount, float(amount / deal.base_amount) if deal.base_amount else None)
