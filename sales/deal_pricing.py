"""What products cost on a deal."""

from collections.abc import Callable
from decimal import Decimal

from crm.company.selectors import company_day
from crm.money.services import NoRate
from sales.models import Deal, Product
from sales.prices import Pricing


def pricing_of(deal: Deal, currency: str = "") -> Pricing:
    """Prices of today for the deal's payer, in its currency unless another is named (that of a quote)."""
    return Pricing(deal.payer, currency or deal.currency, company_day())


def deal_price(deal: Deal) -> Callable[[Product, Decimal], Decimal | None]:
    """None where there is no price. The books are asked once, however many lines there are."""
    prices = pricing_of(deal)

    def price(product: Product, quantity: Decimal) -> Decimal | None:
        try:
            found = prices.price(product, quantity)
        except NoRate:
            return None
        return found.amount if found else None

    return price
