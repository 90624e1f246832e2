"""Reading recommendations and what stands behind them, as far as the reader may see it. Loads no NumPy."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.db.models import Count, Exists, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext as _

from contacts.choices import CustomerKind
from contacts.models import Customer
from crm.money.formatting import number, percent
from crm.staff.models import User
from sales.choices import OrderStatus, RecommendationState, StageKind
from sales.models import (
    Deal,
    OrderLine,
    Product,
    ProductRule,
    Recommendation,
    RecommendationOffer,
    RecommendationRun,
)
from sales.selectors import deals, products


@dataclass(frozen=True)
class Suggestion:
    """A product for a customer; `why` is empty where it would tell of orders that the reader may not see."""

    product: Product
    why: str
    how_much: str
    behind_url: str


def newest_run(user: User) -> RecommendationRun | None:
    """The run whose recommendations stand beside the customers."""
    runs = RecommendationRun.objects.visible_to(user).exclude(state=RecommendationState.FAILED)
    return runs.order_by("-id").first()


def bought_by(customer: int | OuterRef, product: OuterRef | int) -> Q:
    """Lines of placed orders with which a payer bought a product."""
    return Q(order__payer=customer, order__status=OrderStatus.PLACED, product=product)


def suggestions(user: User, payer: Customer, limit: int) -> list[Suggestion]:
    """What the customer has not bought, not even since it was computed; of products that the reader may see."""
    since = OrderLine.objects.filter(bought_by(OuterRef("customer"), OuterRef("product")))
    found = (
        Recommendation.objects.filter(customer=payer, product__in=products(user))
        .exclude(Exists(since))
        .select_related("product", "because")
        .order_by("rank")[:limit]
    )
    rows = list(found)
    seen = seen_products(user, payer, [row.because_id for row in rows])
    return [suggestion(row, explained=row.because_id in seen) for row in rows]


def seen_products(user: User, payer: Customer, pks: list[int]) -> set[int]:
    """Which of the products the reader may know that the customer bought."""
    if not pks:
        return set()
    lines = OrderLine.objects.visible_to(user).filter(
        order__payer=payer, order__status=OrderStatus.PLACED, product__in=pks
    )
    return set(lines.values_list("product_id", flat=True).distinct())


def suggestion(row: Recommendation, *, explained: bool) -> Suggestion:
    if not explained:
        return Suggestion(row.product, "", "", "")
    why = share_words(row.like) % {"share": percent(row.share), "product": row.because.name}
    how_much = _("%(lift)s times as often as among all of them; %(count)s customers bought both") % {
        "lift": number(row.lift, 1),
        "count": number(row.support),
    }
    return Suggestion(row.product, why, how_much, behind(row.because_id, row.product_id, row.like))


def share_words(like: str) -> str:
    words = {
        CustomerKind.PERSON.value: _("Bought by %(share)s of the people who bought %(product)s"),
        CustomerKind.ORGANISATION.value: _(
            "Bought by %(share)s of the organisations that bought %(product)s"
        ),
    }
    return words.get(like) or _("Bought by %(share)s of the customers who bought %(product)s")


def behind(bought: int, other: int, like: str) -> str:
    """The list of orders behind a rule."""
    query = {"product": other, "also": bought, "status": OrderStatus.PLACED.value}
    if like:
        query["payer_kind"] = like
    return f"{reverse('sales:order-list')}?{urlencode(query)}"


@dataclass(frozen=True)
class Acceptance:
    """How often a product was put on a deal as recommended, and how often it was bought from that day on."""

    product: Product
    offered: int
    taken: int

    @property
    def share(self) -> float:
        return self.taken / self.offered


def acceptance(user: User) -> list[Acceptance]:
    """By product, of deals that the reader may see; the most offered first."""
    bought = OrderLine.objects.filter(
        bought_by(OuterRef("payer"), OuterRef("product")), order__placed_on__gte=OuterRef("offered_on")
    )
    rows = RecommendationOffer.objects.visible_to(user).filter(product__in=Product.objects.visible_to(user))
    counts = (
        rows.annotate(taken=Exists(bought))
        .values("product")
        .annotate(offered=Count("pk"), bought=Count("pk", filter=Q(taken=True)))
        .order_by("-offered", "product")
    )
    found = {row["product"]: row for row in counts}
    named = Product.objects.in_bulk(found)
    return [Acceptance(named[pk], row["offered"], row["bought"]) for pk, row in found.items()]


def open_deals(user: User, payer: Customer, limit: int) -> list[Deal]:
    """The payer's open deals that the reader may change, those that close next first."""
    rows = deals(user).visible_to(user, "edit").filter(payer=payer, state=StageKind.OPEN)
    return list(rows.order_by("close_on", "pk")[:limit])


def offered_on(deals: list[Deal]) -> dict[int, Deal]:
    """The deal that a product was put on as recommended, by product."""
    by_pk = {deal.pk: deal for deal in deals}
    rows = RecommendationOffer.objects.filter(deal__in=by_pk).values_list("product_id", "deal_id")
    return {product: by_pk[deal] for product, deal in rows} if by_pk else {}


def strongest_rules(user: User, limit: int) -> list[ProductRule]:
    """Those of people and of organisations: among all customers, two products may only be bought by the same kind."""
    rows = ProductRule.objects.visible_to(user).select_related("bought", "other").order_by("-lift", "id")
    return list(rows.exclude(kind="")[:limit]) or list(rows[:limit])
