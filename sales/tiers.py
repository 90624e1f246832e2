"""Up-selling: the next tier of the same product line, and what it would add."""

from dataclasses import dataclass
from decimal import Decimal

from crm.staff.models import User
from sales.models import Product
from sales.selectors import products


@dataclass(frozen=True)
class UpSell:
    """The next better product; amount and margin are what one of it adds, None where price or cost is not known."""

    product: Product
    amount: Decimal | None
    margin: Decimal | None


def up_sell(user: User, product: Product) -> UpSell | None:
    """Of those that are sold and that the reader may see; None at the top of a line."""
    if not product.line or product.tier is None:
        return None
    better = (
        products(user).filter(line=product.line, tier__gt=product.tier).order_by("tier", "price_amount", "pk")
    )
    found = better.first()
    if found is None:
        return None
    amount = difference(found.price_amount, product.price_amount)
    cost = difference(found.cost_amount, product.cost_amount)
    return UpSell(found, amount, difference(amount, cost))


def difference(one: Decimal | None, other: Decimal | None) -> Decimal | None:
    return None if one is None or other is None else one - other
