"""What the lines of a deal could become: today's price, the next tier, the next quantity that costs less."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from crm.money.services import NoRate, rate_on
from crm.staff.models import User
from sales.deal_pricing import pricing_of
from sales.models import Deal, DealLine, PriceBook, Product
from sales.prices import Price, Pricing
from sales.selectors import products
from sales.services.order import Line, line_of

#: a quantity that is further away than this many times what is asked for is no help
FAR = 5


@dataclass(frozen=True)
class Better:
    """What a line would become, and what that adds in the currency of the deal; `margin` None where it is not known."""

    line: Line
    amount: Decimal
    margin: Decimal | None

    @property
    def each(self) -> Decimal:
        """What one of it costs after the discount."""
        return self.line.unit_amount * (100 - self.line.discount_rate) / 100


@dataclass(frozen=True)
class LineOffer:
    """`today` is what one costs now, None where that is what the line says or there is no price."""

    row: DealLine
    today: Price | None
    tier: Better | None
    volume: Better | None


@dataclass(frozen=True)
class LineOffers:
    """Of all lines of a deal; `book` is the first one that holds for who pays."""

    rows: Sequence[LineOffer]
    book: PriceBook | None

    @property
    def differ(self) -> list[LineOffer]:
        return [offer for offer in self.rows if offer.today]


def line_offers(user: User, deal: Deal, rows: Sequence[DealLine]) -> LineOffers:
    """Products of the next tier are read at once, and so are all prices."""
    pricing = pricing_of(deal)
    better = next_tiers(user, [row.product for row in rows if row.product])
    pricing.read([row.product for row in rows if row.product] + list(better.values()))
    rate = rate_of(deal)
    found = [offer_of(pricing, deal, row, better, rate) for row in rows]
    return LineOffers(found, pricing.books[0] if pricing.books else None)


def next_tiers(user: User, sold: Iterable[Product]) -> dict[int, Product]:
    """The next better product of each, as far as it is sold and the reader may see it."""
    tiered = [product for product in sold if product.line and product.tier is not None]
    if not tiered:
        return {}
    rows = products(user).filter(line__in={product.line for product in tiered}, tier__isnull=False)
    ordered = list(rows.order_by("tier", "price_amount", "pk"))
    found = {}
    for product in tiered:
        above = [row for row in ordered if row.line == product.line and (row.tier or 0) > (product.tier or 0)]
        if above:
            found[product.pk] = above[0]
    return found


def rate_of(deal: Deal) -> Decimal | None:
    try:
        return rate_on(deal.currency, deal.rated_on)
    except NoRate:
        return None


def offer_of(
    pricing: Pricing, deal: Deal, row: DealLine, better: dict[int, Product], rate: Decimal | None
) -> LineOffer:
    if row.product is None:
        return LineOffer(row, None, None, None)
    today = price_of(pricing, row.product, row.quantity)
    above = better.get(row.product.pk)
    return LineOffer(
        row,
        today if today and today.amount != row.unit_amount else None,
        stepped(pricing, deal, row, above, row.quantity, rate) if above else None,
        volume(pricing, deal, row, rate),
    )


def volume(pricing: Pricing, deal: Deal, row: DealLine, rate: Decimal | None) -> Better | None:
    if row.product is None:
        return None
    step = pricing.next_step(row.product, row.quantity)
    if step is None or step.from_quantity > row.quantity * FAR or step.unit_amount >= row.unit_amount:
        return None
    return stepped(pricing, deal, row, row.product, step.from_quantity, rate)


def stepped(
    pricing: Pricing, deal: Deal, row: DealLine, product: Product, quantity: Decimal, rate: Decimal | None
) -> Better | None:
    """The line with another product or quantity, at today's price and the same discount; None where it adds nothing."""
    price = price_of(pricing, product, quantity)
    if price is None:
        return None
    line = Line(quantity, price.amount, product, product.name, row.discount_rate)
    added = line.amount(deal.currency) - row.line_amount
    spent = difference(cost_of(line, rate), cost_of(line_of(row), rate))
    margin = None if spent is None else added - spent
    return None if added <= 0 or (margin is not None and margin < 0) else Better(line, added, margin)


def price_of(pricing: Pricing, product: Product, quantity: Decimal) -> Price | None:
    try:
        return pricing.price(product, quantity)
    except NoRate:
        return None


def cost_of(line: Line, rate: Decimal | None) -> Decimal | None:
    """Of the whole line, in the currency of the deal."""
    if line.product is None or line.product.cost_amount is None or rate is None:
        return None
    return line.quantity * line.product.cost_amount / rate


def difference(one: Decimal | None, other: Decimal | None) -> Decimal | None:
    return None if one is None or other is None else one - other
