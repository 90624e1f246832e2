"""Leads as a kind of record: the working list of whom to turn to next."""

from collections.abc import Mapping
from typing import Any

import django_filters
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.html import escape
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from contacts.choices import LeadStatus, PointKind
from contacts.employers import found_openly
from contacts.selectors import customers
from crm.fields.declaration import Field, Many
from crm.fields.types import FieldType
from crm.lists.filters import ListFilter, OwnerFilter, owner_options
from crm.records.boards import BoardEnd, BoardPlan
from crm.records.kinds import Kind
from crm.search.selectors import matching_ids
from crm.staff.models import User
from crm.staff.selectors import person_options, team_options
from crm.templatetags.crm import time_tag
from sales.choices import DisqualifyReason
from sales.models import Lead
from sales.models.lead import WAITING
from sales.services.lead import set_status

CUSTOMER = "contacts.customer"
Row = Mapping[str, Any]
STATUSES = [choice for choice in LeadStatus.choices if choice[0]]
WORKING = [choice for choice in STATUSES if choice[0] in (LeadStatus.NEW, LeadStatus.WORKING)]
TOUCHES = (
    ("late", gettext_lazy("Overdue")),
    ("due", gettext_lazy("Not yet touched")),
    ("done", gettext_lazy("Touched")),
)


class LeadFilter(ListFilter):
    """The working list: new leads and those being worked on, unless another status is asked for."""

    quick = ("status", "owner", "touch")

    q = django_filters.CharFilter(method="by_text")
    status = django_filters.ChoiceFilter(
        label=gettext_lazy("Status"), choices=[*STATUSES, ("all", gettext_lazy("All"))], method="by_status"
    )
    owner = OwnerFilter(label=gettext_lazy("Owner"))
    touch = django_filters.ChoiceFilter(label=gettext_lazy("First touch"), choices=TOUCHES, method="by_touch")
    source = django_filters.CharFilter("source", label=gettext_lazy("Lead source"))

    class Meta:
        model = Lead
        fields: tuple[str, ...] = ()

    def by_text(self, rows: QuerySet[Lead], _name: str, value: str) -> QuerySet[Lead]:
        matching = customers(self.user).filter(pk__in=matching_ids(CUSTOMER, value))
        return rows.filter(customer__in=matching.filter(found_openly(self.user, value)))

    def by_status(self, rows: QuerySet[Lead], _name: str, value: str) -> QuerySet[Lead]:
        return rows if value == "all" else rows.filter(status=value)

    def by_touch(self, rows: QuerySet[Lead], _name: str, value: str) -> QuerySet[Lead]:
        if value == "done":
            return rows.filter(touched_at__isnull=False)
        waiting = rows.filter(touched_at=None)
        return waiting.filter(due_at__lt=timezone.now()) if value == "late" else waiting

    @property
    def qs(self) -> Any:
        rows = super().qs
        return rows if self.data.get("status") else rows.filter(WAITING)

    def options(self, name: str) -> list[tuple[str, Any]]:
        return owner_options() if name == "owner" else super().options(name)


def touch_cell(row: Row) -> str:
    """When somebody turned to the lead, or until when somebody should; a late one stands out."""
    if row["touched_at"] is not None:
        return f'<span class="faint">{escape(after_words(row["touch_minutes"]))}</span>'
    if row["due_at"] is None:
        return '<span class="none">–</span>'
    late = row["due_at"] < timezone.now()
    words = _("overdue since") if late else _("by")
    return f'<span class="{"late" if late else ""}">{escape(words)} {time_tag(row["due_at"])}</span>'


def after_words(minutes: int | None) -> str:
    """Business time as people say it: after 25 min, after 3 h."""
    if minutes is None:
        return _("touched")
    return _("after %s min") % minutes if minutes < 120 else _("after %s h") % round(minutes / 60)


def lead_save(*, actor: User, obj: Lead, values: Mapping[str, Any], version: int) -> Lead:
    """The status stands on the customer. Raises ValidationError for one that needs more to be said."""
    status = LeadStatus(values["status"])
    if status == LeadStatus.DISQUALIFIED:
        raise ValidationError({"status": _("Say why: open the lead and disqualify it.")})
    set_status(actor, obj, status)
    return Lead.objects.get(pk=obj.pk)


def board_statuses(_state: Any) -> list[tuple[str, Any]]:
    return list(WORKING)


ENDS = (
    BoardEnd("qualified", gettext_lazy("Convert to a deal"), "handshake", "positive", "sales:lead-convert"),
    BoardEnd("disqualified", gettext_lazy("Disqualify"), "thumbs-down", "negative", "sales:lead-disqualify"),
)

LEADS = Kind(
    key="sales.lead",
    model=Lead,
    label=gettext_lazy("Lead"),
    plural=gettext_lazy("Leads"),
    icon="user-search",
    fields=(
        Field(
            "customer", gettext_lazy("Lead"), FieldType.RECORD, path="customer_id", name_path="customer__name",
            nullable=False, through="customer_id", through_kind=CUSTOMER, width=180,
        ),
        Field(
            "organisation", gettext_lazy("Organisation"), FieldType.RECORD, path="customer__organisation_id",
            name_path="customer__organisation__name", through="customer__organisation_id", through_kind=CUSTOMER,
        ),
        Field(
            "email", gettext_lazy("E-mail"), FieldType.TEXT,
            many=Many("contacts.ContactPoint", "customer", "value", "shown", {"kind": PointKind.EMAIL}),
            through="customer_id", through_kind=CUSTOMER, width=172, is_rule=False,
        ),
        Field(
            "phone", gettext_lazy("Phone"), FieldType.TEXT,
            many=Many("contacts.ContactPoint", "customer", "value", "shown", {"kind": PointKind.PHONE}),
            through="customer_id", through_kind=CUSTOMER, width=128, is_rule=False,
        ),
        Field(
            "status", gettext_lazy("Status"), FieldType.CHOICE, choices=STATUSES, nullable=False, edit="status",
            bulk=False, width=112,
        ),
        Field("source", gettext_lazy("Lead source"), FieldType.TEXT, nullable=False, width=112),
        Field(
            "due_at", gettext_lazy("First touch"), FieldType.MOMENT, sortable=True, cell=touch_cell,
            beside={"touched_at": "touched_at", "touch_minutes": "touch_minutes"}, width=152,
        ),
        Field("touched_at", gettext_lazy("Touched"), FieldType.MOMENT),
        Field("touch_minutes", gettext_lazy("First touch after (business minutes)"), FieldType.NUMBER),
        Field("came_at", gettext_lazy("Came"), FieldType.MOMENT, sortable=True, nullable=False, width=112),
        Field(
            "owner", gettext_lazy("Owner"), FieldType.PERSON, path="owner_id", name_path="owner__name",
            choices=person_options, width=144,
        ),
        Field(
            "team", gettext_lazy("Team"), FieldType.TEAM, path="team_id", name_path="team__name", choices=team_options,
            nullable=False,
        ),
        Field(
            "reason", gettext_lazy("Why disqualified"), FieldType.CHOICE, choices=DisqualifyReason.choices,
            nullable=False,
        ),
        Field("note", gettext_lazy("Note"), FieldType.TEXT, nullable=False),
        Field(
            "deal", gettext_lazy("Deal"), FieldType.RECORD, path="deal_id", name_path="deal__name", through="deal_id",
            through_kind="sales.deal",
        ),
    ),
    title="customer",
    columns=("customer", "status", "source", "due_at", "email", "phone", "owner", "came_at"),
    default_sort="-came_at",
    filter_class=LeadFilter,
    list_url="sales:lead-list",
    all_label=gettext_lazy("Open"),
    record_url="sales:lead-record",
    peek_url="sales:lead-peek",
    alive={"customer__deleted_at": None},
    edit=lead_save,
    boards=("status", "owner"),
    board_plans={"status": BoardPlan(board_statuses, ENDS, is_live=True)},
    page=None,
)  # fmt: skip
