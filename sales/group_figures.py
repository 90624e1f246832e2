"""What customers of each RFM group are worth and buy: one query for each kind of row, all groups at once.

Everything is counted as far as the reader may see it: their customers, and of these their orders, deals and quotes.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import Avg, Count, DecimalField, F, Q, QuerySet, Sum, Value
from django.db.models.functions import Coalesce, NullIf

from contacts.choices import RfmGroup
from contacts.selectors import customers
from crm.access.grants import grants
from crm.access.scopes import Scope
from crm.access.services import allowed
from crm.staff.models import User
from sales.choices import OrderStatus, StageKind
from sales.forecasting import Span
from sales.models import OrderLine, Product
from sales.selectors import deals, orders

ZERO = Decimal(0)
GROUP = "payer__value__rfm_group"
NUMBER: Any = DecimalField(max_digits=40, decimal_places=8)
#: of an order, into the company's currency
RATE = Coalesce(
    F("order__base_amount") / NullIf(F("order__amount"), Value(ZERO)), Value(ZERO), output_field=NUMBER
)
READ = ("contacts.view_customer", "sales.view_order", "sales.view_deal")


@dataclass
class Figures:
    """Of a group, or of all groups together. Money in the company's currency; discount and margin as shares."""

    customers: int = 0
    lifetime_value: float | None = None
    churn_risk: float | None = None
    payers: int = 0
    orders: int = 0
    revenue: Decimal = ZERO
    margin: Decimal = ZERO
    margin_revenue: Decimal = ZERO
    sold: Decimal = ZERO
    full: Decimal = ZERO
    won: int = 0
    lost: int = 0
    won_amount: Decimal = ZERO
    cycle_days: float | None = None
    products: dict[int, "Sold"] = field(default_factory=dict)

    @property
    def order_value(self) -> Decimal | None:
        return self.revenue / self.orders if self.orders else None

    @property
    def margin_share(self) -> float | None:
        return float(self.margin / self.margin_revenue) if self.margin_revenue else None

    @property
    def discount(self) -> float | None:
        return float(1 - self.sold / self.full) if self.full else None

    @property
    def win_rate(self) -> float | None:
        closed = self.won + self.lost
        return self.won / closed if closed else None


@dataclass
class Sold:
    buyers: int = 0
    revenue: Decimal = ZERO


def sees_all(user: User) -> bool:
    """Whether nothing is left out for the reader."""
    return all(grants(user).scope_of(permission) is Scope.ALL for permission in READ)


def of_payers(user: User, rows: QuerySet[Any], path: str = "payer") -> QuerySet[Any]:
    """Rows whose payer has a group that the reader may know."""
    grouped = rows.filter(**{f"{path}__value__rfm_group__in": RfmGroup.values})
    if grants(user).scope_of("contacts.view_customer") is Scope.ALL:
        return grouped.filter(**{f"{path}__deleted_at": None})
    return grouped.filter(**{f"{path}__in": customers(user)})


def figures(user: User, span: Span) -> dict[str, Figures]:
    """By group, in the order of the groups, every one of them; `all` is their sum."""
    found = {group: Figures() for group in RfmGroup.values}
    read_values(user, found)
    if allowed(user, "sales.view_order"):
        read_orders(user, span, found)
        read_lines(user, span, found)
    if allowed(user, "sales.view_deal"):
        read_deals(user, span, found)
    return {**found, "all": together(list(found.values()))}


def read_values(user: User, found: Mapping[str, Figures]) -> None:
    rows = customers(user).filter(value__rfm_group__in=RfmGroup.values).order_by()
    told = rows.values("value__rfm_group").annotate(
        count=Count("pk"), lifetime=Avg("value__lifetime_value"), risk=Avg("value__churn_risk")
    )
    for row in told:
        one = found[row["value__rfm_group"]]
        one.customers, one.lifetime_value, one.churn_risk = row["count"], row["lifetime"], row["risk"]


def placed(user: User, span: Span) -> QuerySet[Any]:
    rows = orders(user).filter(status=OrderStatus.PLACED, placed_on__gte=span.first, placed_on__lt=span.end)
    return of_payers(user, rows).order_by()


def read_orders(user: User, span: Span, found: Mapping[str, Figures]) -> None:
    known = Q(margin_amount__isnull=False)
    told = placed(user, span).values(GROUP).annotate(
        count=Count("pk"),
        buyers=Count("payer", distinct=True),
        revenue=Sum("base_amount"),
        margin=Sum("margin_amount"),
        known=Sum("base_amount", filter=known),
    )  # fmt: skip
    for row in told:
        one = found[row[GROUP]]
        one.orders, one.payers, one.revenue = row["count"], row["buyers"], row["revenue"]
        one.margin, one.margin_revenue = row["margin"] or ZERO, row["known"] or ZERO


def read_lines(user: User, span: Span, found: Mapping[str, Figures]) -> None:
    """What was sold, and for how much less than its unit price: in one pass over the lines of these months."""
    lines = OrderLine.objects.filter(order__in=placed(user, span))
    told = (
        lines.order_by()
        .values("product", group=F(f"order__{GROUP}"))
        .annotate(
            buyers=Count("order__payer", distinct=True),
            sold=Sum(F("line_amount") * RATE, output_field=NUMBER),
            full=Sum(F("quantity") * F("unit_amount") * RATE, output_field=NUMBER),
        )
    )
    for row in told:
        one = found[row["group"]]
        one.sold += row["sold"]
        one.full += row["full"]
        if row["product"] is not None:
            one.products[row["product"]] = Sold(row["buyers"], row["sold"])


def read_deals(user: User, span: Span, found: Mapping[str, Figures]) -> None:
    closed = deals(user).filter(span.days).exclude(state=StageKind.OPEN)
    told = of_payers(user, closed).order_by().values(GROUP, "state").annotate(
        count=Count("pk"), amount=Sum("base_amount"), cycle=Avg(F("closed_at") - F("created_at"))
    )  # fmt: skip
    for row in told:
        one = found[row[GROUP]]
        if row["state"] == StageKind.WON:
            one.won, one.won_amount = row["count"], row["amount"] or ZERO
            one.cycle_days = row["cycle"].total_seconds() / 86_400 if row["cycle"] else None
        else:
            one.lost = row["count"]


ADDED = (
    "customers",
    "payers",
    "orders",
    "revenue",
    "margin",
    "margin_revenue",
    "sold",
    "full",
    "won",
    "lost",
)


def together(parts: list[Figures]) -> Figures:
    """Sums of the groups; averages weighed by how many each is of. A payer is in one group only."""
    total = Figures(**{name: sum((getattr(one, name) for one in parts), 0) for name in ADDED})
    total.lifetime_value = mean([(one.lifetime_value, one.customers) for one in parts])
    total.churn_risk = mean([(one.churn_risk, one.customers) for one in parts])
    total.cycle_days = mean([(one.cycle_days, one.won) for one in parts])
    products: dict[int, Sold] = defaultdict(Sold)
    for one in parts:
        for pk, sold in one.products.items():
            products[pk].buyers += sold.buyers
            products[pk].revenue += sold.revenue
    total.products = dict(products)
    return total


def mean(parts: list[tuple[float | None, int]]) -> float | None:
    known = [(value, weight) for value, weight in parts if value is not None and weight]
    weights = sum(weight for _value, weight in known)
    return sum(value * weight for value, weight in known) / weights if weights else None


@dataclass(frozen=True)
class TopProduct:
    """`share` of the group's buyers have it, `usual` of all; `lift` is how many times as often."""

    product: Product
    buyers: int
    share: float
    usual: float
    revenue: Decimal

    @property
    def lift(self) -> float:
        return self.share / self.usual if self.usual else 0.0


def top_products(user: User, group: Figures, every: Figures, limit: int) -> list[TopProduct]:
    """Those that most customers of the group bought, of products that the reader may see."""
    best = ordered_products(group)[: 2 * limit]
    named = Product.objects.visible_to(user).in_bulk(best)
    return [top_product(named[pk], group, every) for pk in best if pk in named][:limit]


def ordered_products(group: Figures) -> list[int]:
    """Those that most customers bought first."""
    sold = group.products
    return sorted(sold, key=lambda pk: (-sold[pk].buyers, -sold[pk].revenue, pk))


def top_product(product: Product, group: Figures, every: Figures) -> TopProduct:
    own, usual = group.products[product.pk], every.products[product.pk]
    return TopProduct(
        product, own.buyers, own.buyers / group.payers, usual.buyers / every.payers, own.revenue
    )
