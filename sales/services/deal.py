"""Adding deals and changing them where they stand; how they move is in deal_stage."""

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from contacts.models import Customer
from crm.access.services import require
from crm.audit.services import record
from crm.company.selectors import company, company_day
from crm.money.services import NoRate, base_amount
from crm.records.services import assigned, write_changes, write_deletion, write_restoration
from crm.search.services import index, unindex
from crm.staff.models import User
from crm.staff.selectors import default_team
from sales.book_amounts import book_amounts_anew
from sales.choices import QuoteStatus
from sales.models import Deal, Stage, StageChange
from sales.models.order import LIMIT
from sales.services.approval_keep import approvals_follow
from sales.staleness import stale_moment

USUAL_DAYS = 30
FURTHEST_DAYS = 3660
INDEXED = {"name", "customer", "owner", "team"}
MONEY = {"amount", "currency"}


@transaction.atomic
def deal_create(*, actor: User, values: Mapping[str, Any]) -> Deal:
    """Add a deal in an open stage; without an owner it is its creator's, without a day it closes in a month.

    Raises ValidationError, by field.
    """
    require(actor, "sales.create_deal")
    customer: Customer = values["customer"]
    require(actor, "contacts.view_customer", customer)
    if values.get("owner") not in (None, actor):
        require(actor, "sales.assign_deal")
    stage: Stage = values["stage"]
    chosen = {name: value for name, value in values.items() if value is not None}
    deal = Deal(owner=actor, team=default_team(chosen.get("owner", actor)), currency=company().currency)
    for name, value in assigned(deal, stage_values(stage) | chosen).items():
        setattr(deal, name, value)
    deal.close_on = deal.close_on or company_day() + timedelta(days=USUAL_DAYS)
    deal.lead_source = deal.lead_source or customer.source
    deal.payer_id = customer.payer_id
    check_new(deal, stage)
    for name, value in rated(deal.amount, deal.currency).items():
        setattr(deal, name, value)
    deal.stale_at = stale_moment(stage, deal.active_at)
    deal.save()
    StageChange.objects.create(
        deal=deal, to_stage=stage, actor=actor, base_amount=deal.base_amount, changed_at=deal.stage_since
    )
    index(deal)
    record(actor=actor, action="sales.deal.create", obj=deal, after={"name": deal.name, **chosen})
    return deal


def stage_values(stage: Stage) -> dict[str, Any]:
    """What a deal takes over from the stage it enters."""
    return {
        "stage": stage,
        "pipeline": stage.pipeline,
        "state": stage.kind,
        "probability": stage.probability,
        "probability_reason": "",
        "forecast_category": stage.forecast_category,
    }


def check_new(deal: Deal, stage: Stage) -> None:
    if not stage.is_open or stage.deleted_at:
        raise ValidationError({"stage": _("A new deal begins in an open stage.")})
    if deal.customer.deleted_at:
        raise ValidationError({"customer": _("This customer was deleted.")})
    check_amount(deal.amount)
    check_close(deal.close_on)


def check_amount(amount: Decimal | None) -> None:
    if amount is not None and not 0 <= amount <= LIMIT:
        raise ValidationError({"amount": _("An amount lies between 0 and 10^12.")})


def check_close(day: date) -> None:
    """A day on which a deal can be expected to close: no longer ago than a year, no further away than ten."""
    today = company_day()
    if day < today - timedelta(days=366):
        raise ValidationError(
            {"close_on": _("This day is long over. Say when the deal may still be closed.")}
        )
    if day > today + timedelta(days=FURTHEST_DAYS):
        raise ValidationError({"close_on": _("This is more than ten years away.")})


def check_probability(deal: Deal) -> None:
    if not 0 <= deal.probability <= 100:
        raise ValidationError({"probability": _("A probability lies between 0 and 100 %.")})
    if deal.probability != deal.stage.probability and not deal.probability_reason.strip():
        raise ValidationError(
            {
                "probability_reason": _(
                    "Say why it is not that of the stage: set both together in the menu of the deal."
                )
            }
        )


def rated(amount: Decimal | None, currency: str) -> dict[str, Any]:
    """The amount in the company's currency at today's rate, by column. Raises ValidationError without a rate."""
    today = company_day()
    try:
        found = None if amount is None else base_amount(amount, currency, today)
    except NoRate as fault:
        raise ValidationError({"currency": str(fault)}) from fault
    return {"base_amount": found, "rated_on": today}


@transaction.atomic
def deal_edit(*, actor: User, deal: Deal, values: Mapping[str, Any], version: int) -> Deal:
    """Change fields of a deal; its stage moves by deal_move. Raises StaleRecord, ValidationError by field."""
    require(actor, "sales.edit_deal", deal)
    if {"owner", "team"} & values.keys():
        require(actor, "sales.assign_deal", deal)
    draft = Deal.objects.select_related("stage").get(pk=deal.pk)
    changes = {name: value for name, value in values.items() if name != "stage"}
    for name, value in assigned(draft, changes).items():
        setattr(draft, name, value)
    changes |= checked(actor, deal, draft, changes)
    paid_by = deal.payer_id
    write_changes(actor=actor, obj=deal, values=changes, version=version, action="sales.deal.edit")
    if INDEXED & changes.keys():
        index(deal)
    is_other_payer = deal.payer_id != paid_by
    if is_other_payer:
        reprice(deal)
    if is_other_payer or "owner" in changes:
        approvals_follow(actor, deal)
    return deal


def reprice(deal: Deal) -> None:
    """Discounts count from what the new payer would pay, on the deal and on what was not offered to anybody yet."""
    for document in (deal, *deal.quotes.filter(status=QuoteStatus.DRAFT)):
        book_amounts_anew(deal, document)


def checked(actor: User, deal: Deal, draft: Deal, changes: Mapping[str, Any]) -> dict[str, Any]:
    """What follows from the changes: the amount in the company's currency, the reason of a probability."""
    follows: dict[str, Any] = {}
    check_closed(deal, draft, changes)
    if "customer" in changes:
        require(actor, "contacts.view_customer", draft.customer)
        follows["payer_id"] = draft.customer.payer_id
    if "close_on" in changes and draft.close_on != deal.close_on:
        check_close(draft.close_on)
    if "amount" in changes and draft.amount != deal.amount and deal.lines.exists():
        raise ValidationError({"amount": _("The amount is the sum of the lines. Change these.")})
    if "currency" in changes and draft.currency != deal.currency and deal.lines.exists():
        raise ValidationError(
            {"currency": _("Its lines are priced in %s. Take them out first.") % deal.currency}
        )
    if MONEY & changes.keys():
        check_amount(draft.amount)
        follows |= rated(draft.amount, draft.currency)
    if {"probability", "probability_reason"} & changes.keys():
        if draft.probability == draft.stage.probability:
            refuse_lone_reason(changes)
            draft.probability_reason = follows["probability_reason"] = ""
        check_probability(draft)
    return follows


def refuse_lone_reason(changes: Mapping[str, Any]) -> None:
    """A reason says why the probability is another one: alone it would be lost."""
    if changes.get("probability_reason", "").strip() and "probability" not in changes:
        text = _("The probability is that of the stage. Set both together.")
        raise ValidationError({"probability_reason": text})


FIXED = ("amount", "currency", "close_on", "probability", "customer")


def check_closed(deal: Deal, draft: Deal, changes: Mapping[str, Any]) -> None:
    """What a deal was won or lost for stays as it was: its order and the figures say the same."""
    if deal.is_open:
        return
    for name in FIXED:
        if name in changes and getattr(draft, name) != getattr(deal, name):
            raise ValidationError({name: _("This deal is closed. Reopen it first.")})


@transaction.atomic
def deal_delete(*, actor: User, deal: Deal) -> Deal:
    """Take the deal out of sight; `deal_restore` brings it back. Its order, if it was won, stays."""
    require(actor, "sales.delete_deal", deal)
    write_deletion(actor=actor, obj=deal, action="sales.deal.delete")
    unindex(deal)
    return deal


@transaction.atomic
def deal_restore(*, actor: User, deal: Deal) -> Deal:
    require(actor, "sales.restore_deal", deal)
    write_restoration(actor=actor, obj=deal, action="sales.deal.restore")
    index(deal)
    return deal
