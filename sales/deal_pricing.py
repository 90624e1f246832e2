"""What a product costs on a deal."""

from collections.abc import Callable
from decimal import Decimal

from crm.company.selectors import company_day
from crm.money.services import NoRate
from sales.models import Deal, Product
from sales.prices import price_for


def deal_price(deal: Deal) -> Callable[[Product, Decimal], Decimal | None]:
    """Prices of today for the deal's payer in its currency; None where there is none."""

    def price(product: Product, quantity: Decimal) -> Decimal | None:
        try:
            found = price_for(product, deal.payer, deal.currency, company_day(), quantity)
        except NoRate:
            return None
        return found.amount if found else None

    return price
