"""What a product costs in the currency of an order."""

from datetime import date
from decimal import Decimal

from crm.money.services import rate_on, rounded
from sales.models import Product


def list_price(product: Product, currency: str, day: date) -> Decimal | None:
    """The product's price at the day's rate; None for a product without one. Raises NoRate."""
    if product.price_amount is None:
        return None
    return rounded(product.price_amount / rate_on(currency, day), currency)
