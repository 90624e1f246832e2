"""What a product costs on a deal."""

from collections.abc import Callable
from decimal import Decimal

from crm.company.selectors import company_day
from crm.money.services import NoRate
from sales.models import Deal, Product
from sales.prices import list_price


def deal_price(deal: Deal) -> Callable[[Product], Decimal | None]:
    """Prices of today in the deal's currency; None where there is none."""

    def price(product: Product) -> Decimal | None:
        try:
            return list_price(product, deal.currency, company_day())
        except NoRate:
            return None

    return price
