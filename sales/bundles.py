"""What a bundle is made of, and what its parts would cost alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from crm.staff.models import User
from sales.models import BundlePart, Product


@dataclass(frozen=True)
class Bundle:
    """`alone` is what the parts cost one by one, `cost` what they cost the company; None where one is not known."""

    parts: Sequence[BundlePart]
    alone: Decimal | None
    cost: Decimal | None
    price: Decimal | None

    @property
    def saved(self) -> Decimal | None:
        return None if self.alone is None or self.price is None else self.alone - self.price

    @property
    def margin(self) -> Decimal | None:
        return None if self.cost is None or self.price is None else self.price - self.cost


def bundle_of(user: User, product: Product) -> Bundle:
    """The parts that the reader may see; a product that is no bundle has none."""
    rows = BundlePart.objects.filter(bundle=product, deleted_at=None).visible_to(user)
    parts = list(rows.select_related("product").order_by("product__name"))
    alone = total([(part.quantity, part.product.price_amount) for part in parts])
    cost = total([(part.quantity, part.product.cost_amount) for part in parts])
    return Bundle(parts, alone, cost, product.price_amount)


def total(lines: Sequence[tuple[Decimal, Decimal | None]]) -> Decimal | None:
    """The sum of quantity x amount; None where an amount is not known, or nothing is there."""
    known = [quantity * amount for quantity, amount in lines if amount is not None]
    return sum(known, Decimal(0)) if lines and len(known) == len(lines) else None
