"""Customers, tasks and interactions as kinds of record: everything generic is made from these declarations."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from contacts.cells import due_cell, no_group, task_cell
from contacts.choices import (
    AidaStage,
    CustomerKind,
    Direction,
    InteractionKind,
    LeadStatus,
    Lifecycle,
    PointKind,
    RfmGroup,
    TaskKind,
)
from contacts.filters import CustomerFilter, InteractionFilter, TaskFilter
from contacts.models import Customer, Interaction, Task
from contacts.permissions import VIEW_VALUE
from contacts.selectors import tag_options
from contacts.services.bulk import customers_edit
from contacts.services.customer import customer_delete, customer_edit, customer_restore
from contacts.services.engagement import task_delete, task_edit, task_restore
from crm.fields.declaration import Field, Many, Related
from crm.fields.types import FieldType
from crm.records.kinds import Kind
from crm.records.pages import HISTORY, Part, RecordPage, Section
from crm.records.tones import group_tone, risk_tone
from crm.staff.models import User
from crm.staff.selectors import person_options, team_options
from crm.world import country_choices, language_choices

CUSTOMER = "contacts.customer"
ASSIGN = "contacts.assign_customer"
REACH = "reach"


def customer_save(*, actor: User, obj: Customer, values: Mapping[str, Any], version: int) -> Customer:
    return customer_edit(actor=actor, customer=obj, values=values, version=version)


def task_save(*, actor: User, obj: Task, values: Mapping[str, Any], version: int) -> Task:
    return task_edit(actor=actor, task=obj, values=values, version=version)


def customer_remove(*, actor: User, obj: Customer) -> Customer:
    return customer_delete(actor=actor, customer=obj)


def customer_bring_back(*, actor: User, obj: Customer) -> Customer:
    return customer_restore(actor=actor, customer=obj)


def task_remove(*, actor: User, obj: Task) -> Task:
    return task_delete(actor=actor, task=obj)


def task_bring_back(*, actor: User, obj: Task) -> Task:
    return task_restore(actor=actor, task=obj)


def value_field(key: str, label: Any, type_: FieldType, **more: Any) -> Field:
    """A field that the value engine writes beside a customer."""
    return Field(key, label, type_, path=f"value__{key}", permission=VIEW_VALUE, sortable=True, **more)


VALUE_FIELDS = (
    value_field(
        "rfm_group",
        _("RFM group"),
        FieldType.CHOICE,
        choices=RfmGroup.choices,
        tones=group_tone,
        width=148,
        empty=no_group,
        beside={"organisation_id": "organisation_id"},
    ),
    value_field("lifetime_value", _("Lifetime value"), FieldType.MONEY, whole=True, totals=True, width=116),
    value_field("churn_risk", _("Churn risk"), FieldType.SHARE, tones=risk_tone, width=96),
    value_field("last_order_on", _("Last order"), FieldType.DATE, width=108),
    value_field("first_order_on", _("First order"), FieldType.DATE, width=112),
    value_field("next_order_on", _("Next order expected"), FieldType.DATE, width=116),
    value_field("recency_days", _("Recency (days)"), FieldType.NUMBER),
    value_field("frequency", _("Frequency (orders)"), FieldType.NUMBER, totals=True),
    value_field("monetary", _("Monetary (average order)"), FieldType.MONEY, whole=True),
    value_field("total_spend", _("Total spend"), FieldType.MONEY, whole=True, totals=True, width=116),
    value_field("expected_value", _("Expected value"), FieldType.MONEY, whole=True, totals=True),
    value_field("value_category", _("Value category"), FieldType.CHOICE, choices=[(x, x) for x in "ABCD"]),
    value_field("lifecycle", _("Life cycle"), FieldType.CHOICE, choices=Lifecycle.choices),
    value_field("aida_stage", _("AIDA stage"), FieldType.CHOICE, choices=AidaStage.choices),
    value_field("r_score", _("Recency score"), FieldType.NUMBER, is_column=False),
    value_field("fm_score", _("Frequency and monetary score"), FieldType.NUMBER, is_column=False),
)

PAGE = RecordPage(
    sections=(
        Section("", ("name", "kind", "organisation", "job_title")),
        Section(_("Reach"), (REACH,)),
        Section(_("Address"), ("street", "postal_code", "city", "region", "country")),
        Section(_("Working on it"), ("owner", "team", "lead_status", "source", "language")),
    ),
    blocks=(Part(REACH, _("E-mail, phone and other ways to reach them")),),
    apart=("tags",),
    tabs=(Part("timeline", _("Timeline")), Part("tasks", _("Tasks")), HISTORY),
    panels="CUSTOMER_PANELS",
)

CUSTOMERS = Kind(
    key=CUSTOMER,
    model=Customer,
    label=_("Customer"),
    plural=_("Customers"),
    icon="users",
    fields=(
        Field(
            "name", _("Name"), FieldType.TEXT, sortable=True, sorts="sort_name", nullable=False, edit="name",
            bulk=False, width=200,
        ),
        Field("kind", _("Type"), FieldType.CHOICE, choices=CustomerKind.choices, nullable=False, width=112),
        Field(
            "organisation", _("Organisation"), FieldType.RECORD, path="organisation_id", edit="organisation",
            name_path="organisation__name", through="organisation_id", through_kind=CUSTOMER, width=156,
        ),
        Field("job_title", _("Job title"), FieldType.TEXT, nullable=False, edit="job_title"),
        Field(
            "email", _("E-mail"), FieldType.TEXT, is_column=False,
            many=Many("contacts.ContactPoint", "customer", "value", where={"kind": PointKind.EMAIL}),
        ),
        Field(
            "phone", _("Phone"), FieldType.TEXT, is_column=False,
            many=Many("contacts.ContactPoint", "customer", "value", where={"kind": PointKind.PHONE}),
        ),
        Field("street", _("Street"), FieldType.TEXT, nullable=False, edit="street"),
        Field("postal_code", _("Postal code"), FieldType.TEXT, nullable=False, edit="postal_code"),
        Field("city", _("City"), FieldType.TEXT, nullable=False, edit="city", width=120),
        Field("region", _("Region"), FieldType.TEXT, nullable=False, edit="region"),
        Field("country", _("Country"), FieldType.CHOICE, choices=country_choices, nullable=False, edit="country"),
        Field("language", _("Language"), FieldType.CHOICE, choices=language_choices, nullable=False, edit="language"),
        Field("source", _("Source"), FieldType.TEXT, nullable=False, edit="source"),
        Field(
            "lead_status", _("Lead status"), FieldType.CHOICE, choices=LeadStatus.choices, nullable=False,
            edit="lead_status",
        ),
        Field(
            "owner", _("Owner"), FieldType.PERSON, path="owner_id", name_path="owner__name", choices=person_options,
            edit="owner", edit_permission=ASSIGN, width=136,
        ),
        Field(
            "team", _("Team"), FieldType.TEAM, path="team_id", name_path="team__name", choices=team_options,
            edit="team", edit_permission=ASSIGN, nullable=False, width=144,
        ),
        Field(
            "tags", _("Tags"), FieldType.CHOICES, choices=tag_options,
            many=Many("contacts.Customer_tags", "customer", "tag_id", "tag__name", {"tag__deleted_at": None}),
            width=200,
        ),
        *VALUE_FIELDS,
        Field("created_at", _("Created"), FieldType.MOMENT, nullable=False, width=112),
        Field("updated_at", _("Updated"), FieldType.MOMENT, nullable=False, sortable=True, width=108),
    ),
    title="name",
    columns=(
        "name", "organisation", "city", "rfm_group", "lifetime_value", "churn_risk", "last_order_on", "owner",
        "updated_at",
    ),
    default_sort="-updated_at",
    filter_class=CustomerFilter,
    list_url="contacts:customer-list",
    record_url="contacts:customer-record",
    peek_url="contacts:customer-peek",
    related=(
        Related("tasks", _("Tasks"), "contacts.task", "customer"),
        Related("interactions", _("Calls, meetings, notes"), "contacts.interaction", "customer"),
    ),
    alive={"deleted_at": None},
    edit=customer_save,
    edit_many=customers_edit,
    delete=customer_remove,
    restore=customer_bring_back,
    boards=("lead_status", "rfm_group", "lifecycle", "value_category", "owner", "kind"),
    board_sums=("lifetime_value", "expected_value"),
    page=PAGE,
)  # fmt: skip

#: what an entry or a task speaks of beside its customer: the label of the model, and the key
ABOUT = (
    Field("object_type", _("About"), FieldType.TEXT, nullable=False, is_column=False, is_rule=False),
    Field("object_id", _("About the record"), FieldType.NUMBER, is_column=False, is_rule=False),
)

TASKS = Kind(
    key="contacts.task",
    model=Task,
    label=_("Task"),
    plural=_("Tasks"),
    icon="check-square",
    fields=(
        Field(
            "title", _("Task"), FieldType.TEXT, sortable=True, nullable=False, edit="title", bulk=False, width=300,
            cell=task_cell, beside={"done_at": "done_at", "kind": "kind", "customer.id": "customer_id"},
        ),
        Field(
            "customer", _("Customer"), FieldType.RECORD, path="customer_id", name_path="customer__name",
            through="customer_id", through_kind=CUSTOMER, edit="customer", bulk=False, width=224,
        ),
        Field(
            "rfm_group", _("RFM group"), FieldType.CHOICE, path="customer__value__rfm_group",
            choices=RfmGroup.choices,
            permission=VIEW_VALUE, through="customer_id", through_kind=CUSTOMER, tones=group_tone, width=148,
        ),
        Field("kind", _("Kind"), FieldType.CHOICE, choices=TaskKind.choices, nullable=False, edit="kind", bulk=False),
        Field(
            "due_on", _("Due"), FieldType.DATE, sortable=True, edit="due_on", cell=due_cell,
            beside={"starts_at": "starts_at"}, width=128,
        ),
        Field("starts_at", _("Start"), FieldType.MOMENT, sortable=True, edit="starts_at", bulk=False, width=128),
        Field("ends_at", _("End"), FieldType.MOMENT, edit="ends_at", bulk=False, width=128),
        Field("location", _("Place"), FieldType.TEXT, nullable=False, edit="location", bulk=False),
        Field("remind_at", _("Reminder"), FieldType.MOMENT, edit="remind_at", bulk=False),
        Field(
            "owner", _("Owner"), FieldType.PERSON, path="owner_id", name_path="owner__name", choices=person_options,
            edit="owner", edit_permission="contacts.assign_task", width=160,
        ),
        Field(
            "team", _("Team"), FieldType.TEAM, path="team_id", name_path="team__name", choices=team_options,
            nullable=False,
        ),
        Field("notes", _("Notes"), FieldType.LONG_TEXT, nullable=False, edit="notes"),
        *ABOUT,
        Field("done_at", _("Done"), FieldType.MOMENT),
        Field("created_at", _("Created"), FieldType.MOMENT, nullable=False),
        Field("updated_at", _("Updated"), FieldType.MOMENT, nullable=False, sortable=True),
    ),
    title="title",
    columns=("title", "customer", "rfm_group", "due_on", "owner"),
    default_sort="due_on",
    filter_class=TaskFilter,
    list_url="contacts:task-list",
    record_url="contacts:task-edit",
    alive={"deleted_at": None},
    edit=task_save,
    delete=task_remove,
    restore=task_bring_back,
    boards=("owner",),
    page=None,
    row_css=lambda row: "done" if row.get("done_at") else "",
)  # fmt: skip

INTERACTIONS = Kind(
    key="contacts.interaction",
    model=Interaction,
    label=_("Interaction"),
    plural=_("Interactions"),
    icon="message-square",
    fields=(
        Field("kind", _("Kind"), FieldType.CHOICE, choices=InteractionKind.choices, nullable=False, width=96),
        Field("direction", _("Direction"), FieldType.CHOICE, choices=Direction.choices, nullable=False, width=96),
        Field("happened_at", _("When"), FieldType.MOMENT, nullable=False, sortable=True, width=136),
        Field("summary", _("Summary"), FieldType.TEXT, nullable=False),
        Field(
            "customer", _("Customer"), FieldType.RECORD, path="customer_id", name_path="customer__name",
            nullable=False, through="customer_id", through_kind=CUSTOMER, width=224,
        ),
        Field("body", _("Details"), FieldType.LONG_TEXT, nullable=False),
        Field("actor", _("By"), FieldType.PERSON, path="actor_id", name_path="actor__name", choices=person_options),
        Field("duration_minutes", _("Minutes"), FieldType.NUMBER, width=88),
        *ABOUT,
    ),
    title="summary",
    columns=("summary", "kind", "customer", "actor", "happened_at", "duration_minutes"),
    default_sort="-happened_at",
    filter_class=InteractionFilter,
    list_url="contacts:interaction-list",
    record_url="contacts:interaction-record",
    alive={"deleted_at": None},
    page=None,
)  # fmt: skip
