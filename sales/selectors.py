"""Reading deals, orders and products, as far as the reader may see them."""

from collections.abc import Mapping, Sequence

from django.db.models import Case, Count, QuerySet, When

from contacts.models import Customer
from crm.access.querysets import AccessQuerySet
from crm.access.services import find
from crm.kept import kept
from crm.staff.models import User
from sales.choices import StageKind
from sales.models import Deal, DealLine, Lead, LossReason, Order, OrderLine, Pipeline, Product, Stage
from sales.models.lead import WAITING

DEAL_ROWS = ("customer__organisation", "payer", "pipeline", "stage", "owner", "team", "loss_reason")


def orders(user: User) -> AccessQuerySet[Order]:
    return Order.objects.visible_to(user)


def order_find(user: User, pk: int) -> Order:
    """Raises Http404 for the invisible."""
    rows = Order.objects.select_related("customer", "payer", "owner", "team", "payer__value")
    return find(rows, user, pk)


def order_lines(order: Order) -> QuerySet[OrderLine]:
    return order.lines.select_related("product").order_by("pk")


def customer_orders(user: User, customer: Customer) -> QuerySet[Order]:
    """What the customer bought or paid for, newest first."""
    bought = orders(user).filter(customer=customer)
    return (bought if customer.is_person else bought | orders(user).filter(payer=customer)).order_by(
        "-placed_at", "-id"
    )


def products(user: User) -> AccessQuerySet[Product]:
    return Product.objects.filter(is_active=True).visible_to(user)


def product_words(name: str) -> list[str]:
    """The categories, or the product lines, that products are sorted into."""
    words = Product.objects.exclude(**{name: ""}).order_by(name).values_list(name, flat=True)
    return list(words.distinct())


def product_find(user: User, pk: int) -> Product:
    """Raises Http404 for the invisible and for what is no longer sold."""
    return find(Product.objects.filter(is_active=True), user, pk)


def deals(user: User) -> AccessQuerySet[Deal]:
    return Deal.objects.filter(deleted_at=None).visible_to(user)


def deal_find(user: User, pk: int) -> Deal:
    """Raises Http404 for the invisible and the deleted."""
    return find(Deal.objects.filter(deleted_at=None).select_related(*DEAL_ROWS), user, pk)


def deal_lines(deal: Deal) -> QuerySet[DealLine]:
    return deal.lines.select_related("product").order_by("pk")


def customer_deals(user: User, customer: Customer) -> QuerySet[Deal]:
    """The deals of a customer, of an organisation also those of its people: open ones first, then the newest."""
    own = deals(user).filter(customer=customer)
    found = own if customer.is_person else own | deals(user).filter(payer=customer)
    return found.order_by(Case(When(state=StageKind.OPEN, then=0), default=1), "-close_on", "-id")


STAGES = "sales.stages"


def stages() -> list[Stage]:
    """Every stage in use with its pipeline, in their order; read once in a request."""
    return kept(STAGES, read_stages)


def read_stages() -> list[Stage]:
    rows = Stage.objects.filter(deleted_at=None, pipeline__deleted_at=None).select_related("pipeline")
    return list(rows.order_by("pipeline__position", "pipeline", "position", "pk"))


def pipelines() -> list[Pipeline]:
    """All that are in use, in their order."""
    return list({stage.pipeline_id: stage.pipeline for stage in stages()}.values())


def pipeline_options() -> list[tuple[int, str]]:
    return [(pipeline.pk, pipeline.name) for pipeline in pipelines()]


def first_pipeline_id() -> int:
    """The pipeline that is shown where none was chosen; 0 while there is none."""
    return next((pipeline.pk for pipeline in pipelines()), 0)


def stages_of(pipeline_id: int) -> list[Stage]:
    return [stage for stage in stages() if stage.pipeline_id == pipeline_id]


def stage_options() -> list[tuple[int, str]]:
    """Every stage; with several pipelines the name of its pipeline stands before it."""
    several = len(pipelines()) > 1
    return [(stage.pk, f"{stage.pipeline} · {stage}" if several else stage.name) for stage in stages()]


def loss_reason_options() -> list[tuple[int, str]]:
    return list(LossReason.objects.filter(deleted_at=None).values_list("pk", "name"))


def deal_orders(user: User, deal: Deal) -> QuerySet[Order]:
    """What was ordered when the deal was won."""
    return orders(user).filter(deal=deal).order_by("-pk")


def lead_find(user: User, pk: int) -> Lead:
    """Raises Http404 for the invisible, and for leads whose customer was deleted."""
    rows = Lead.objects.filter(customer__deleted_at=None).select_related("customer", "owner", "deal")
    return find(rows, user, pk)


def open_leads_of(people: Sequence[int]) -> Mapping[int, int]:
    """How many leads each of these people is working on."""
    rows = Lead.objects.filter(WAITING, owner__in=people).order_by()
    return dict(rows.values_list("owner").annotate(count=Count("pk")))
