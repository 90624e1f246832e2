"""Orders and the steps of deals on the timeline of their customer, as far as the reader may see them."""

from django.db.models import Model
from django.urls import reverse
from django.utils.translation import gettext as _

from contacts.models import Customer
from contacts.selectors import customers
from crm.money.formatting import money
from crm.records.timeline import Entry, Place, earlier
from crm.staff.models import User
from sales.choices import OrderStatus, StageKind
from sales.days import has_clock
from sales.models import Deal, Order, StageChange
from sales.selectors import customer_deals, customer_orders

SOURCE = "order"


def orders(
    user: User, customer: Customer, before: Place | None, limit: int, about: Model | None = None
) -> list[Entry]:
    ordered = customer_orders(user, customer)
    if about is not None:
        ordered = ordered.filter(deal=about) if isinstance(about, Deal) else ordered.none()
    rows = earlier(ordered, before, SOURCE, "placed_at")[:limit]
    found = list(rows.select_related("customer"))
    others = {row.customer_id for row in found} - {customer.pk}
    visible = set(customers(user).filter(pk__in=others).values_list("pk", flat=True)) if others else set()
    return [entry(row, customer, named=row.customer_id in visible) for row in found]


def entry(order: Order, customer: Customer, *, named: bool) -> Entry:
    text = _("Order %(number)s for %(amount)s")
    status = OrderStatus(order.status)
    return Entry(
        id=order.pk,
        source=SOURCE,
        kind="order",
        icon="shopping-bag",
        happened_at=order.placed_at,
        summary=text % {"number": order.external_id, "amount": money(order.amount, order.currency)},
        body=""
        if order.customer_id == customer.pk or not named
        else _("Ordered by %s") % order.customer.name,
        url=reverse("sales:order-record", args=[order.pk]),
        state="" if status is OrderStatus.PLACED else str(status.label),
        has_clock=has_clock(order.placed_at, order.placed_on),
    )


STEP = "deal"
STEP_ICONS = {
    StageKind.OPEN: {"icon": "arrow-right"},
    StageKind.WON: {"icon": "trophy"},
    StageKind.LOST: {"icon": "thumbs-down"},
}


def deal_steps(
    user: User, customer: Customer, before: Place | None, limit: int, about: Model | None = None
) -> list[Entry]:
    """When deals began, moved, were won or lost; a step that was undone is not told."""
    if about is not None and not isinstance(about, Deal):
        return []
    rows = StageChange.objects.filter(undone_at=None)
    seen = (
        rows.filter(deal=about) if about else rows.filter(deal__in=customer_deals(user, customer).order_by())
    )
    older = earlier(seen, before, STEP, "changed_at").order_by("-changed_at", "-id")
    told = older.select_related("deal", "to_stage", "from_stage", "actor", "deal__loss_reason")
    return [step_entry(row, named=about is None) for row in told[:limit]]


def step_entry(row: StageChange, *, named: bool) -> Entry:
    """`named`: on the customer's timeline the deal is said, on its own page it is known."""
    return Entry(
        id=row.pk,
        source=STEP,
        kind=STEP,
        icon=STEP_ICONS[StageKind(row.to_stage.kind)]["icon"] if row.from_stage else "handshake",
        happened_at=row.changed_at,
        summary=f"{row.deal}: {step_words(row)}" if named else step_words(row),
        body=loss_words(row.deal) if row.to_stage.kind == StageKind.LOST else "",
        actor_name=row.actor.name if row.actor else "",
        url=reverse("sales:deal-record", args=[row.deal_id]) if named else "",
    )


def step_words(row: StageChange) -> str:
    if row.from_stage is None:
        return _("Deal added in %s") % row.to_stage
    if row.to_stage.kind == StageKind.OPEN:
        return _("Moved from %(before)s to %(after)s") % {"before": row.from_stage, "after": row.to_stage}
    return _("Won") if row.to_stage.kind == StageKind.WON else _("Lost")


def loss_words(deal: Deal) -> str:
    reason = str(deal.loss_reason) if deal.loss_reason else ""
    return ". ".join(filter(None, (reason, deal.loss_note)))
