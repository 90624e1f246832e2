"""Deals with their lines, and leads, as the API offers them."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework import serializers

from crm.api.inputs import RowField, TextField
from crm.api.resources import Action, Input, Nested, Resource, Row
from crm.company.selectors import company
from crm.staff.models import User
from sales.api.lines import line_row, product_names, schema
from sales.api.services import MOST_LINES, LineInput, check_sum, line_form
from sales.choices import DisqualifyReason
from sales.deal_kind import deal_save
from sales.deal_pricing import deal_price
from sales.models import Deal, DealLine, Lead, LossReason, Stage
from sales.services.deal import deal_create, deal_restore
from sales.services.deal_lines import deal_lines_save
from sales.services.deal_stage import deal_lose, deal_reopen, deal_win
from sales.services.lead import (
    lead_assign,
    lead_convert,
    lead_create,
    lead_disqualify,
    lead_reopen,
    lead_take,
)

WRITTEN = (
    "name", "customer", "amount", "probability", "probability_reason", "forecast_category", "close_on", "owner", "team",
    "lead_source", "description",
)  # fmt: skip


def stage(user: User | None) -> serializers.Field:
    rows = None if user is None else Stage.objects.filter(deleted_at=None).select_related("pipeline")
    return RowField(rows, required=False, help_text=_("By id; a new deal begins in an open one."))


def open_stage(user: User | None) -> serializers.Field:
    rows = None if user is None else Stage.objects.filter(deleted_at=None).select_related("pipeline")
    return RowField(rows, help_text=_("The open stage to take it up in."))


def currency(user: User | None) -> serializers.Field:
    return TextField(max_length=3, required=False, help_text=_("The company's, unless it says another one."))


def optional_lines(user: User | None) -> serializers.Field:
    words = _("Exactly these lines; the amount of the deal is their sum.")
    line = LineInput(user=user)
    return serializers.ListField(child=line, required=False, max_length=MOST_LINES, help_text=words)


def amount(user: User | None) -> serializers.Field:
    words = _("What it was sold for, where neither lines nor an amount say it.")
    return serializers.DecimalField(
        max_digits=16, decimal_places=2, required=False, min_value=0, help_text=words
    )


def reason(user: User | None) -> serializers.Field:
    return RowField(None if user is None else LossReason.objects.filter(deleted_at=None))


def note(user: User | None) -> serializers.Field:
    return TextField(max_length=500, required=False, allow_blank=True)


def follow_up_on(user: User | None) -> serializers.Field:
    words = _("A task for that day, to ask the customer again.")
    return serializers.DateField(required=False, allow_null=True, help_text=words)


def fill(user: User, rows: list[Row]) -> None:
    """One query for the lines of a page, one for the products that the reader may see."""
    found = list(DealLine.objects.filter(deal_id__in=[row["id"] for row in rows]).order_by("pk"))
    names = product_names(user, {line.product_id for line in found if line.product_id})
    by_deal: dict[int, list[Row]] = {row["id"]: [] for row in rows}
    for line in found:
        by_deal[line.deal_id].append(line_row(line, names))
    for row in rows:
        row["lines"] = by_deal[row["id"]]


def create_deal(*, actor: User, values: Mapping[str, Any]) -> Deal:
    given = {"currency": company().currency, **values}
    typed = given.pop("lines", None)
    if given.get("stage") is None:
        first = Stage.objects.filter(deleted_at=None, pipeline__deleted_at=None, kind="open")
        given["stage"] = first.select_related("pipeline").order_by("pipeline__position", "position").first()
    if given["stage"] is None:
        raise ValidationError({"stage": _("There is no open stage.")})
    deal = deal_create(actor=actor, values=given)
    return save_lines(actor, deal, typed) if typed else deal


def edit_deal(*, actor: User, obj: Deal, values: Mapping[str, Any], version: int) -> Deal:
    given = dict(values)
    typed = given.pop("lines", None)
    if given:
        obj = deal_save(actor=actor, obj=obj, values=given, version=version)
    return save_lines(actor, obj, typed) if typed is not None else obj


def save_lines(actor: User, deal: Deal, typed: list[Mapping[str, Any]]) -> Deal:
    forms = [line_form(actor, deal_price(deal), line) for line in typed]
    errors = {
        f"lines.{index}.{name}": list(texts)
        for index, form in enumerate(forms)
        for name, texts in form.errors.items()
    }
    if errors:
        raise ValidationError(errors)
    found = [form.line() for form in forms]
    check_sum(found, deal.currency)
    return deal_lines_save(actor=actor, deal=deal, lines=found, version=deal.version)


def win_deal(*, actor: User, obj: Deal, amount: Decimal | None = None) -> Deal:
    return deal_win(actor=actor, deal=obj, amount=amount)[0]


def lose_deal(
    *, actor: User, obj: Deal, reason: LossReason, note: str = "", follow_up_on: date | None = None
) -> Deal:
    return deal_lose(actor=actor, deal=obj, reason=reason, note=note, follow_up_on=follow_up_on)


def reopen_deal(*, actor: User, obj: Deal, stage: Stage) -> Deal:
    return deal_reopen(actor=actor, deal=obj, stage=stage)


def restore_deal(*, actor: User, obj: Deal) -> Deal:
    return deal_restore(actor=actor, deal=obj)


DEALS = Resource(
    name="deals",
    kind="sales.deal",
    one="Deal",
    scopes=("sales.deal",),
    create=create_deal,
    edit=edit_deal,
    creates=WRITTEN,
    edits=WRITTEN,
    requires=("name", "customer"),
    inputs=(
        Input("stage", stage, on=("create", "edit")),
        Input("currency", currency, on=("create", "edit")),
        Input("lines", optional_lines, on=("create", "edit")),
    ),
    nested=(Nested("lines", schema, fill),),
    actions=(
        Action(
            "win",
            win_deal,
            gettext_lazy("Win it: its lines become an order"),
            inputs=(Input("amount", amount),),
        ),
        Action(
            "lose",
            lose_deal,
            gettext_lazy("Lose it, for a reason"),
            inputs=(Input("reason", reason), Input("note", note), Input("follow_up_on", follow_up_on)),
        ),
        Action(
            "reopen",
            reopen_deal,
            gettext_lazy("Take it up again; the order of a won one is cancelled"),
            inputs=(Input("stage", open_stage),),
        ),
        Action("restore", restore_deal, gettext_lazy("Bring a deleted deal back"), of_deleted=True),
    ),
    select=("customer", "stage", "pipeline"),
)


# --- leads ----------------------------------------------------------------------------------------------------------


def text(limit: int, *, required: bool = False) -> Any:
    return lambda user: TextField(max_length=limit, required=required, allow_blank=not required)


def email(user: User | None) -> serializers.Field:
    return serializers.EmailField(max_length=254, required=False, allow_blank=True)


def by_rule(user: User | None) -> serializers.Field:
    return serializers.BooleanField(required=False, help_text=_("Give it to whom the rules say."))


def disqualified_for(user: User | None) -> serializers.Field:
    return serializers.ChoiceField(choices=DisqualifyReason.choices)


def create_lead(*, actor: User, values: Mapping[str, Any]) -> Lead:
    own = {name: values[name] for name in ("name", "source") if name in values}
    more = {name: values[name] for name in ("email", "phone", "note", "by_rule") if name in values}
    return lead_create(actor=actor, values={"name": values["name"], **own}, **more)


def disqualify_lead(*, actor: User, obj: Lead, reason: str, note: str = "") -> Lead:
    return lead_disqualify(actor=actor, lead=obj, reason=DisqualifyReason(reason), note=note)


def convert_lead(*, actor: User, obj: Lead, name: str, stage: Stage) -> Deal:
    return lead_convert(actor=actor, lead=obj, values={"name": name, "stage": stage})


def reopen_lead(*, actor: User, obj: Lead) -> Lead:
    return lead_reopen(actor=actor, lead=obj)


def take_lead(*, actor: User, obj: Lead) -> Lead:
    return lead_take(actor=actor, lead=obj)


def assign_lead(*, actor: User, obj: Lead) -> str:
    return lead_assign(actor=actor, lead=obj)


LEADS = Resource(
    name="leads",
    kind="sales.lead",
    one="Lead",
    scopes=("sales.lead",),
    create=create_lead,
    creates=(),
    edits=("status",),
    inputs=(
        Input("name", text(200, required=True)),
        Input("email", email),
        Input("phone", text(40)),
        Input("source", text(60)),
        Input("note", text(5_000)),
        Input("by_rule", by_rule),
    ),
    actions=(
        Action(
            "disqualify",
            disqualify_lead,
            gettext_lazy("Take it out of the working list, for a reason"),
            inputs=(Input("reason", disqualified_for), Input("note", note)),
        ),
        Action(
            "convert",
            convert_lead,
            gettext_lazy("The same customer gets a deal"),
            inputs=(Input("name", text(200, required=True)), Input("stage", open_stage)),
        ),
        Action("reopen", reopen_lead, gettext_lazy("Back into the working list")),
        Action("take", take_lead, gettext_lazy("Make a lead of nobody one's own")),
        Action("assign", assign_lead, gettext_lazy("Give it to whom the rules say")),
    ),
    select=("customer", "owner"),
)
