"""The way of a deal through its stages: moving, winning, losing, reopening, and undoing each of these."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from contacts.models import Task
from contacts.services.engagement import task_create, task_delete
from crm.access.services import require
from crm.company.selectors import company_day
from crm.money.services import NoRate
from crm.records.errors import StaleRecord
from crm.records.services import write_changes
from crm.staff.models import User
from sales.choices import OrderStatus, StageKind
from sales.models import Deal, LossReason, Order, Stage, StageChange
from sales.services.approval_keep import flag_keep, require_approved
from sales.services.deal import rated, stage_values
from sales.services.order import Line, change_status, line_of, order_cancel, order_place
from sales.staleness import stale_moment

#: what a step changes on a deal, so that undoing it can set it back
STEP_FIELDS = (
    "stage_id", "pipeline_id", "state", "probability", "probability_reason", "forecast_category", "close_on",
    "loss_reason_id", "loss_note",
)  # fmt: skip


@transaction.atomic
def deal_move(*, actor: User, deal: Deal, stage: Stage, version: int | None = None) -> Deal:
    """Put the deal into another open stage. Raises StaleRecord when somebody else was first: the version decides."""
    require(actor, "sales.move_deal", deal)
    if not stage.is_open:
        raise ValidationError({"stage": _("A deal is won or lost by saying so.")})
    if not deal.is_open:
        raise ValidationError(_("This deal is closed. Reopen it first."))
    if version not in (None, deal.version):
        raise StaleRecord(deal)
    step(actor, deal, stage, "move")
    return deal


@transaction.atomic
def deal_win(
    *, actor: User, deal: Deal, amount: Decimal | None = None, version: int | None = None
) -> tuple[Deal, Order]:
    """Win the deal: its lines become an order of today, which the value engine counts. Won twice is won once.

    `amount` is what it was sold for, when neither lines nor an amount say it. Raises ValidationError, StaleRecord.
    """
    require(actor, "sales.win_deal", deal)
    deal = locked(deal, version)
    if deal.state != StageKind.WON:
        require_approved(actor, deal)
    return deal_won(actor=actor, deal=deal, amount=amount)


def deal_won(*, actor: User | None, deal: Deal, amount: Decimal | None = None) -> tuple[Deal, Order]:
    """As deal_win, without asking for permission: the customer accepted a quote. The caller has locked the deal."""
    if deal.state == StageKind.WON:
        placed = deal.orders.filter(status=OrderStatus.PLACED).first()
        if placed is not None:
            return deal, placed
    sold_for = deal.amount if deal.amount is not None else amount
    lines = order_lines_of(deal, sold_for)
    try:
        order = order_place(
            actor=actor,
            customer=deal.customer,
            placed_on=company_day(),
            currency=deal.currency,
            lines=lines,
            owner=deal.owner,
            team=deal.team,
            deal=deal,
            lead_source=deal.lead_source,
        )
    except NoRate as fault:
        raise ValidationError({"currency": str(fault)}) from fault
    more = {
        "amount": sold_for,
        "close_on": company_day(),
        "payer_id": order.payer_id,
        "loss_reason_id": None,
        "loss_note": "",
    }
    step(actor, deal, end_of(deal, StageKind.WON), "win", more)
    return deal, order


@transaction.atomic
def deal_lose(
    *,
    actor: User,
    deal: Deal,
    reason: LossReason,
    note: str = "",
    follow_up_on: date | None = None,
    version: int | None = None,
) -> Deal:
    """Lose the deal for a reason; `follow_up_on` adds a task to ask the customer again."""
    require(actor, "sales.lose_deal", deal)
    locked(deal, version)
    if deal.state == StageKind.LOST:
        return deal
    refuse_won(deal)
    more = {"loss_reason_id": reason.pk, "loss_note": note, "close_on": company_day()}
    change = step(actor, deal, end_of(deal, StageKind.LOST), "lose", more)
    if follow_up_on is not None and change is not None:
        title = _("Ask again: %s") % deal.name
        values = {"title": title[:200], "customer": deal.customer, "due_on": follow_up_on}
        change.before["task"] = task_create(actor=actor, values=values).pk
        change.save(update_fields=["before"])
    return deal


@transaction.atomic
def deal_reopen(*, actor: User, deal: Deal, stage: Stage, version: int | None = None) -> Deal:
    """Take a closed deal up again in an open stage; the order of a won one is cancelled."""
    require(actor, "sales.reopen_deal", deal)
    if not stage.is_open:
        raise ValidationError({"stage": _("Choose an open stage.")})
    locked(deal, version)
    cancel_orders(actor, deal)
    step(actor, deal, stage, "reopen", {"loss_reason_id": None, "loss_note": ""})
    return deal


@transaction.atomic
def step_undo(*, actor: User, deal: Deal, version: int | None = None) -> Deal:
    """Set back the newest move, win, loss or reopening, as long as nothing has come after it. Raises StaleRecord.

    An order that a win wrote is cancelled, one that a reopening cancelled counts again, a follow-up task is deleted.
    """
    require(actor, "sales.move_deal", deal)
    locked(deal, version)
    change = deal.stage_changes.filter(undone_at=None, from_stage__isnull=False).last()
    if change is None:
        raise StaleRecord(deal)
    before = {name: value for name, value in change.before.items() if name in STEP_FIELDS}
    back = before | {"close_on": date.fromisoformat(before["close_on"])}
    cancel_orders(actor, deal)
    reinstate_orders(actor, change)
    withdraw_task(actor, change)
    since = change.changed_at - timedelta(seconds=change.seconds)
    enter(actor, deal, Stage.objects.get(pk=before["stage_id"]), back, "undo_move", since)
    change.undone_at = timezone.now()
    change.save(update_fields=["undone_at"])
    return deal


# --- one step ---------------------------------------------------------------------------------------------------


def locked(deal: Deal, version: int | None) -> Deal:
    """The deal as it is now, locked until the end of the transaction. Raises StaleRecord."""
    deal.refresh_from_db(from_queryset=Deal.objects.select_for_update(of=("self",)))
    if version is not None and deal.version != version:
        raise StaleRecord(deal)
    return deal


def refuse_won(deal: Deal) -> None:
    if deal.state == StageKind.WON:
        raise ValidationError(_("This deal is won. Reopen it first, which cancels its order."))


def end_of(deal: Deal, kind: StageKind) -> Stage:
    return Stage.objects.get(pipeline=deal.pipeline_id, kind=kind, deleted_at=None)


def step(
    actor: User | None, deal: Deal, stage: Stage, verb: str, more: Mapping[str, Any] | None = None
) -> StageChange | None:
    """Put the deal into a stage, and log it with the time spent in the one it leaves; None when it is there already."""
    if stage.deleted_at is not None:
        raise ValidationError({"stage": _("This stage was deleted.")})
    if deal.stage_id == stage.pk:
        return None
    now = timezone.now()
    before = {name: plain(getattr(deal, name)) for name in STEP_FIELDS}
    left, seconds = deal.stage_id, max(0, int((now - deal.stage_since).total_seconds()))
    enter(actor, deal, stage, {**by_column(stage_values(stage)), **(more or {})}, verb, now)
    return StageChange.objects.create(
        deal=deal,
        from_stage_id=left,
        to_stage=stage,
        changed_at=now,
        actor=actor,
        seconds=seconds,
        base_amount=deal.base_amount,
        before=before,
    )


def enter(
    actor: User | None, deal: Deal, stage: Stage, values: Mapping[str, Any], verb: str, since: datetime
) -> None:
    """Write what the deal is in its new stage. The caller holds the lock."""
    now, was_open = timezone.now(), deal.is_open
    changes = {**values, "closed_at": None if stage.is_open else now}
    if changes.get("amount") is not None:
        changes |= rated(changes["amount"], deal.currency)
    clocks = {
        "stage_since": since,
        "active_at": now,
        "stale_at": stale_moment(stage, now) if stage.is_open else None,
    }
    write_changes(
        actor=actor, obj=deal, values=changes, version=None, action=f"sales.deal.{verb}", beside=clocks
    )
    if was_open != stage.is_open:
        flag_keep(deal)


def by_column(values: Mapping[str, Any]) -> dict[str, Any]:
    return {
        f"{name}_id" if name in ("stage", "pipeline") else name: getattr(value, "pk", value)
        for name, value in values.items()
    }


def plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


# --- orders and tasks that hang on a step -------------------------------------------------------------------------


def order_lines_of(deal: Deal, amount: Decimal | None) -> list[Line]:
    """The lines of the order that a won deal writes: its own, or one of the whole amount."""
    lines = [line_of(line) for line in deal.lines.select_related("product")]
    if not lines and amount is None:
        raise ValidationError({"amount": _("Say what it was sold for.")})
    return lines or [Line(Decimal(1), amount or Decimal(0), text=deal.name)]


def cancel_orders(actor: User, deal: Deal) -> None:
    for order in deal.orders.filter(status=OrderStatus.PLACED):
        order_cancel(actor=actor, order=order)


def reinstate_orders(actor: User, change: StageChange) -> None:
    """A reopening that is undone makes its order count again."""
    if change.from_stage is not None and change.from_stage.kind == StageKind.WON:
        order = change.deal.orders.filter(status=OrderStatus.CANCELLED).order_by("-pk").first()
        if order is not None:
            change_status(actor, order, OrderStatus.PLACED, "reinstate")


def withdraw_task(actor: User, change: StageChange) -> None:
    task = Task.objects.filter(pk=change.before.get("task"), done_at=None, deleted_at=None).first()
    if task is not None:
        task_delete(actor=actor, task=task)
