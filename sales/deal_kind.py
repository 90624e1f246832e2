"""Deals as a kind of record: its list, board, rules, bulk actions, history and API are made from this."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from contacts.choices import RfmGroup
from contacts.permissions import VIEW_VALUE
from crm.fields.declaration import Extension, Field, Related
from crm.fields.types import FieldType
from crm.lists.filters import readable_id
from crm.records.boards import BoardEnd, BoardPlan
from crm.records.kinds import Kind
from crm.records.pages import HISTORY, Part, RecordPage, Section
from crm.records.tones import group_tone, risk_tone
from crm.staff.models import User
from crm.staff.selectors import person_options, team_options
from sales.choices import DealApproval, ForecastCategory, StageKind, approval_tone, state_tone
from sales.deal_card import FIELDS as CARD
from sales.deal_card import deal_card
from sales.deal_cells import close_cell, learned_cell, stage_cell, stale_row, step_cell
from sales.deal_filters import DealFilter
from sales.models import Deal
from sales.selectors import (
    first_pipeline_id,
    loss_reason_options,
    pipeline_options,
    stage_options,
    stages_of,
)
from sales.services.deal import deal_create, deal_delete, deal_edit, deal_restore
from sales.services.deal_stage import deal_move

CUSTOMER = "contacts.customer"
ASSIGN = "sales.assign_deal"


def deal_save(*, actor: User, obj: Deal, values: Mapping[str, Any], version: int) -> Deal:
    """A stage among the values moves the deal."""
    changes = dict(values)
    stage = changes.pop("stage", None)
    if stage is not None:
        obj = deal_move(actor=actor, deal=obj, stage=stage, version=version)
        version = obj.version
    return deal_edit(actor=actor, deal=obj, values=changes, version=version) if changes else obj


def deal_remove(*, actor: User, obj: Deal) -> Deal:
    return deal_delete(actor=actor, deal=obj)


def deal_bring_back(*, actor: User, obj: Deal) -> Deal:
    return deal_restore(actor=actor, deal=obj)


PAGE = RecordPage(
    sections=(
        Section(
            "",
            (
                "customer",
                "amount",
                "close_on",
                "probability",
                "learned_probability",
                "probability_reason",
                "forecast_category",
            ),
        ),
        Section(_("Working on it"), ("owner", "team", "lead_source", "pipeline", "next_step")),
        Section(_("More"), ("description", "stage_since", "active_at", "created_at")),
        Section(_("Outcome"), ("closed_at", "loss_reason", "loss_note")),
    ),
    apart=("name", "stage", "state"),
    tabs=(
        Part("timeline", _("Timeline")),
        Part("lines", _("Lines")),
        Part("people", _("People")),
        Part("files", _("Files")),
        HISTORY,
    ),
    panels="DEAL_PANELS",
)


def board_stages(state: Any) -> list[tuple[int, str]]:
    """The open stages of the pipeline that is looked at: the first one, unless another is asked for."""
    asked = state.params.get("pipeline", "")
    pipeline = int(asked) if readable_id(asked) else first_pipeline_id()
    return [(stage.pk, stage.name) for stage in stages_of(pipeline) if stage.is_open]


ENDS = (
    BoardEnd("won", _("Won"), "trophy", "positive", "sales:deal-win"),
    BoardEnd("lost", _("Lost"), "thumbs-down", "negative", "sales:deal-lose"),
)

DEALS = Kind(
    key="sales.deal",
    model=Deal,
    label=_("Deal"),
    plural=_("Deals"),
    icon="handshake",
    fields=(
        Field(
            "name", _("Deal"), FieldType.TEXT, sortable=True, nullable=False, edit="name", bulk=False, width=240,
            beside={"stale_at": "stale_at"},
        ),
        Field(
            "customer", _("Customer"), FieldType.RECORD, path="customer_id", name_path="customer__name",
            nullable=False, through="customer_id", through_kind=CUSTOMER, edit="customer", bulk=False, width=200,
        ),
        Field(
            "rfm_group", _("RFM group"), FieldType.CHOICE, path="payer__value__rfm_group", choices=RfmGroup.choices,
            permission=VIEW_VALUE, through="payer_id", through_kind=CUSTOMER, tones=group_tone, width=140,
        ),
        Field(
            "churn_risk", _("Churn risk"), FieldType.SHARE, path="payer__value__churn_risk", permission=VIEW_VALUE,
            through="payer_id", through_kind=CUSTOMER, tones=risk_tone, width=96,
        ),
        Field(
            "pipeline", _("Pipeline"), FieldType.CHOICE, path="pipeline_id", choices=pipeline_options,
            nullable=False, width=120,
        ),
        Field(
            "stage", _("Stage"), FieldType.CHOICE, path="stage_id", choices=stage_options, nullable=False,
            edit="stage", bulk=False, width=132, cell=stage_cell, beside={"stage_name": "stage__name"},
        ),
        Field(
            "state", _("State"), FieldType.CHOICE, choices=StageKind.choices, nullable=False, tones=state_tone,
            width=80,
        ),
        Field(
            "amount", _("Amount"), FieldType.MONEY, sorts="base_amount", edit="amount",
            sortable=True, currency_path="currency", is_rule=False, bulk=False, width=120,
        ),
        Field("currency", _("Currency"), FieldType.TEXT, nullable=False),
        Field(
            "base_amount", _("Amount in company currency"), FieldType.MONEY, whole=True, totals=True, sortable=True,
        ),
        Field("weighted_amount", _("Weighted"), FieldType.MONEY, whole=True, totals=True, sortable=True),
        Field("probability", _("Probability %"), FieldType.NUMBER, nullable=False, edit="probability", bulk=False),
        Field(
            "learned_probability", _("Learned probability"), FieldType.SHARE, path="chance__probability",
            sortable=True, cell=learned_cell, beside={"state": "state"}, width=96,
            hint=_("Learnt from closed deals; told anew every hour"),
        ),
        Field(
            "probability_reason", _("Why this probability"), FieldType.TEXT, nullable=False,
            edit="probability_reason", bulk=False,
        ),
        Field(
            "forecast_category", _("Forecast"), FieldType.CHOICE, choices=ForecastCategory.choices, nullable=False,
            edit="forecast_category", width=112,
        ),
        Field(
            "close_on", _("Expected close"), FieldType.DATE, sortable=True, nullable=False, edit="close_on",
            cell=close_cell, beside={"state": "state"}, width=120,
        ),
        Field(
            "next_step", _("Next step"), FieldType.TEXT, nullable=False, cell=step_cell,
            beside={"state": "state", "next_step_on": "next_step_on"}, width=200,
        ),
        Field("next_step_on", _("Next step on"), FieldType.DATE, sortable=True),
        Field(
            "owner", _("Owner"), FieldType.PERSON, path="owner_id", name_path="owner__name", choices=person_options,
            edit="owner", edit_permission=ASSIGN, width=136,
        ),
        Field(
            "team", _("Team"), FieldType.TEAM, path="team_id", name_path="team__name", choices=team_options,
            edit="team", edit_permission=ASSIGN, nullable=False,
        ),
        Field(
            "approval", _("Discount approval"), FieldType.CHOICE, choices=DealApproval.choices, nullable=False,
            tones=approval_tone, width=136,
        ),
        Field("lead_source", _("Lead source"), FieldType.TEXT, nullable=False, edit="lead_source", width=112),
        Field("stage_since", _("In stage since"), FieldType.MOMENT, nullable=False),
        Field("active_at", _("Last activity"), FieldType.MOMENT, nullable=False, sortable=True),
        Field("stale_at", _("Stale since"), FieldType.MOMENT),
        Field("closed_at", _("Closed"), FieldType.MOMENT, sortable=True),
        Field("loss_reason", _("Loss reason"), FieldType.CHOICE, path="loss_reason_id", choices=loss_reason_options),
        Field("loss_note", _("What happened"), FieldType.TEXT, nullable=False),
        Field("description", _("Description"), FieldType.LONG_TEXT, nullable=False, edit="description"),
        Field("created_at", _("Created"), FieldType.MOMENT, nullable=False),
        Field("updated_at", _("Updated"), FieldType.MOMENT, nullable=False, sortable=True),
    ),
    title="name",
    columns=("name", "customer", "rfm_group", "stage", "amount", "close_on", "next_step", "owner"),
    default_sort="close_on",
    filter_class=DealFilter,
    list_url="sales:deal-list",
    all_label=_("Open"),
    record_url="sales:deal-record",
    peek_url="sales:deal-peek",
    alive={"deleted_at": None},
    edit=deal_save,
    create=deal_create,
    delete=deal_remove,
    restore=deal_bring_back,
    boards=("stage", "owner", "forecast_category"),
    board_sums=("base_amount", "weighted_amount"),
    board_plans={
        "stage": BoardPlan(board_stages, ENDS, deal_card, CARD, move="sales:deal-move", is_live=True),
        "owner": BoardPlan(card=deal_card, fields=CARD, is_live=True),
        "forecast_category": BoardPlan(card=deal_card, fields=CARD, is_live=True),
    },
    page=PAGE,
    row_css=stale_row,
)  # fmt: skip

CUSTOMER_DEALS = Extension(CUSTOMER, related=(Related("deals", _("Deals"), "sales.deal", "customer"),))
