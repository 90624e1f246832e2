"""Requests for discounts beyond a limit as a kind of record: the working list of those who decide."""

from collections.abc import Mapping
from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils.html import escape
from django.utils.translation import gettext_lazy as _

from contacts.choices import RfmGroup
from contacts.permissions import VIEW_VALUE
from crm.fields.declaration import Extension, Field, Related
from crm.fields.types import FieldType
from crm.lists.filters import IdFilter, ListFilter
from crm.money.formatting import percent
from crm.records.kinds import Kind
from crm.records.tones import group_tone, risk_tone
from crm.staff.selectors import person_options, team_options
from sales.approval_words import per_cent
from sales.approvals import to_decide
from sales.choices import ApprovalState, approval_tone
from sales.models import DiscountApproval
from sales.selectors import deals

CUSTOMER, DEAL = "contacts.customer", "sales.deal"
Row = Mapping[str, Any]
OPEN = ApprovalState.ASKED.value


class ApprovalFilter(ListFilter):
    """Without a state those that still wait for an answer; `mine` those that the reader may decide."""

    quick = ("state", "mine")

    q = django_filters.CharFilter("deal__name", lookup_expr="icontains")
    state = django_filters.ChoiceFilter(
        label=_("State"), choices=[*ApprovalState.choices, ("all", _("All"))], method="by_state"
    )
    mine = django_filters.ChoiceFilter(label=_("Decided by"), choices=[("1", _("Me"))], method="by_mine")
    deal = IdFilter("deal_id", visible=deals)

    class Meta:
        model = DiscountApproval
        fields: tuple[str, ...] = ()

    def by_state(
        self, rows: QuerySet[DiscountApproval], _name: str, value: str
    ) -> QuerySet[DiscountApproval]:
        return rows if value == "all" else rows.filter(state=value)

    def by_mine(
        self, rows: QuerySet[DiscountApproval], _name: str, _value: str
    ) -> QuerySet[DiscountApproval]:
        return rows.filter(pk__in=to_decide(self.user).values("pk"))

    @property
    def qs(self) -> Any:
        rows = super().qs
        return rows if self.data.get("state") or self.data.get("deal") else rows.filter(state=OPEN)


def rate_cell(row: Row) -> str:
    return escape(per_cent(row["rate"]))


def margin_cell(row: Row) -> str:
    return "–" if row["margin"] is None else escape(percent(row["margin"], 1))


APPROVALS = Kind(
    key="sales.discountapproval",
    access=DEAL,
    model=DiscountApproval,
    label=_("Discount approval"),
    plural=_("Discount approvals"),
    icon="badge-percent",
    fields=(
        Field(
            "deal", _("Deal"), FieldType.RECORD, path="deal_id", name_path="deal__name", nullable=False,
            through="deal_id", through_kind=DEAL, width=216,
        ),
        Field(
            "customer", _("Customer"), FieldType.RECORD, path="deal__customer_id", name_path="deal__customer__name",
            nullable=False, through="deal__customer_id", through_kind=CUSTOMER, width=168,
        ),
        Field(
            "rate", _("Discount"), FieldType.NUMBER, nullable=False, sortable=True, cell=rate_cell, width=88,
        ),
        Field(
            "list_amount", _("By the price book"), FieldType.MONEY, nullable=False, currency_path="currency",
            is_rule=False, width=128,
        ),
        Field(
            "amount", _("Sold for"), FieldType.MONEY, nullable=False, currency_path="currency", is_rule=False,
            width=120,
        ),
        Field(
            "margin", _("Margin"), FieldType.SHARE, path="margin_share", group="finance", cell=margin_cell, width=80,
        ),
        Field(
            "rfm_group", _("RFM group"), FieldType.CHOICE, path="deal__payer__value__rfm_group",
            choices=RfmGroup.choices, permission=VIEW_VALUE, through="deal__payer_id", through_kind=CUSTOMER,
            tones=group_tone, width=140,
        ),
        Field(
            "lifetime_value", _("Lifetime value"), FieldType.MONEY, path="deal__payer__value__lifetime_value",
            permission=VIEW_VALUE, through="deal__payer_id", through_kind=CUSTOMER, whole=True, width=112,
        ),
        Field(
            "churn_risk", _("Churn risk"), FieldType.SHARE, path="deal__payer__value__churn_risk",
            permission=VIEW_VALUE, through="deal__payer_id", through_kind=CUSTOMER, tones=risk_tone, width=96,
        ),
        Field(
            "state", _("State"), FieldType.CHOICE, choices=ApprovalState.choices, nullable=False, tones=approval_tone,
            width=104,
        ),
        Field(
            "asked_by", _("Asked by"), FieldType.PERSON, path="asked_by_id", name_path="asked_by__name",
            choices=person_options, nullable=False, width=136,
        ),
        Field("asked_at", _("Asked"), FieldType.MOMENT, nullable=False, sortable=True, width=104),
        Field("word", _("Why"), FieldType.TEXT, nullable=False, width=240),
        Field(
            "decided_by", _("Decided by"), FieldType.PERSON, path="decided_by_id", name_path="decided_by__name",
            choices=person_options, width=136,
        ),
        Field("decided_at", _("Decided"), FieldType.MOMENT, width=104),
        Field("reason", _("Reason"), FieldType.TEXT, nullable=False, width=240),
        Field(
            "team", _("Team"), FieldType.TEAM, path="deal__team_id", name_path="deal__team__name",
            choices=team_options, nullable=False,
        ),
    ),
    title="deal",
    columns=(
        "deal", "customer", "rate", "amount", "margin", "rfm_group", "lifetime_value", "asked_by", "asked_at", "state",
    ),
    default_sort="-asked_at",
    filter_class=ApprovalFilter,
    list_url="sales:approval-list",
    record_url="sales:approval-record",
    alive={"deal__deleted_at": None},
    page=None,
)  # fmt: skip

DEAL_APPROVALS = Extension(
    DEAL, related=(Related("approvals", _("Discount approvals"), "sales.discountapproval", "deal"),)
)
