"""Who is in sequences, as a kind of record: its list is what every number of a sequence opens."""

from collections.abc import Mapping
from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils.html import escape
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from contacts.employers import found_openly
from contacts.selectors import customers
from crm.fields.declaration import Extension, Field, Related
from crm.fields.types import FieldType
from crm.lists.filters import IdFilter, ListFilter, OwnerFilter, owner_options, readable_id
from crm.records.kinds import Kind
from crm.search.selectors import matching_ids
from crm.staff.models import User
from crm.staff.selectors import person_options
from crm.templatetags.crm import time_tag
from sales.choices import EnrolmentState, RunState, enrolment_tone
from sales.models import Enrolment, Sequence, StepRun
from sales.models.sequence import step_name

CUSTOMER = "contacts.customer"
Row = Mapping[str, Any]
RUNS = (
    ("sent", gettext_lazy("Sent or done")),
    ("waiting", gettext_lazy("To be done")),
    ("skipped", gettext_lazy("Skipped")),
    ("answered", gettext_lazy("Answered after it")),
    ("bounced", gettext_lazy("Came back")),
)


def sequences(user: User) -> QuerySet[Sequence]:
    return Sequence.objects.filter(deleted_at=None).visible_to(user)


def run_condition(kind: str) -> dict[str, Any]:
    """What runs a filter of RUNS speaks of."""
    if kind in ("answered", "bounced"):
        return {f"{kind}_at__isnull": False}
    states = {"sent": (RunState.SENT, RunState.DONE), "waiting": (RunState.WAITING,)}
    return {"state__in": states.get(kind, (RunState.SKIPPED,))}


class EnrolmentFilter(ListFilter):
    """`step` and `run` belong together: who got that step, and what came of it."""

    quick = ("state", "sender")

    q = django_filters.CharFilter(method="by_text")
    state = django_filters.ChoiceFilter(label=gettext_lazy("State"), choices=EnrolmentState.choices)
    sender = OwnerFilter(label=gettext_lazy("Sender"))
    sequence = IdFilter("sequence_id", visible=sequences)
    customer = IdFilter("customer_id", visible=customers)
    step = django_filters.CharFilter(label=gettext_lazy("Step"), method="by_step")
    run = django_filters.ChoiceFilter(label=gettext_lazy("What came of it"), choices=RUNS, method="by_run")

    class Meta:
        model = Enrolment
        fields: tuple[str, ...] = ()

    def by_text(self, rows: QuerySet[Enrolment], _name: str, value: str) -> QuerySet[Enrolment]:
        matching = customers(self.user).filter(pk__in=matching_ids(CUSTOMER, value))
        return rows.filter(customer__in=matching.filter(found_openly(self.user, value)))

    def by_step(self, rows: QuerySet[Enrolment], _name: str, value: str) -> QuerySet[Enrolment]:
        if not readable_id(value):
            return rows.none()
        runs = StepRun.objects.filter(step=int(value))
        if asked := self.data.get("run"):
            runs = runs.filter(**run_condition(asked))
        return rows.filter(pk__in=runs.values("enrolment"))

    def by_run(self, rows: QuerySet[Enrolment], _name: str, value: str) -> QuerySet[Enrolment]:
        if self.data.get("step"):
            return rows
        return rows.filter(pk__in=StepRun.objects.filter(**run_condition(value)).values("enrolment"))

    def options(self, name: str) -> list[tuple[str, Any]]:
        return owner_options() if name == "sender" else super().options(name)


def step_cell(row: Row) -> str:
    """What comes next and when, or what it waits for."""
    if row["state"] == EnrolmentState.PAUSED:
        return f'<span class="late">{escape(row["reason"] or _("paused by hand"))}</span>'
    if row["state"] != EnrolmentState.ACTIVE or row["step__kind"] is None:
        return '<span class="none">–</span>'
    name = escape(step_name(row["step__title"], row["step__kind"], row["step__is_answer"]))
    when = time_tag(row["due_at"]) if row["due_at"] else escape(_("to be done"))
    return f'<span class="faint">{when}</span> {name}'


ENROLMENTS = Kind(
    key="sales.enrolment",
    access=CUSTOMER,
    model=Enrolment,
    label=gettext_lazy("Enrolment"),
    plural=gettext_lazy("People in sequences"),
    icon="list-checks",
    fields=(
        Field(
            "customer", gettext_lazy("Customer"), FieldType.RECORD, path="customer_id", name_path="customer__name",
            nullable=False, through="customer_id", through_kind=CUSTOMER, width=200,
        ),
        Field("sequence", gettext_lazy("Sequence"), FieldType.TEXT, path="sequence__name", nullable=False, width=176),
        Field(
            "state", gettext_lazy("State"), FieldType.CHOICE, choices=EnrolmentState.choices, nullable=False,
            tones=enrolment_tone, width=168,
        ),
        Field(
            "due_at", gettext_lazy("Next step"), FieldType.MOMENT, sortable=True, cell=step_cell,
            beside={
                "state": "state", "reason": "reason", "step__title": "step__title", "step__kind": "step__kind",
                "step__is_answer": "step__is_answer",
            },
            width=240,
        ),
        Field("address", gettext_lazy("E-mail"), FieldType.TEXT, nullable=False, width=176),
        Field(
            "sender", gettext_lazy("Sender"), FieldType.PERSON, path="sender_id", name_path="sender__name",
            choices=person_options, nullable=False, width=144,
        ),
        Field("started_at", gettext_lazy("Enrolled"), FieldType.MOMENT, sortable=True, nullable=False, width=112),
        Field("ended_at", gettext_lazy("Ended"), FieldType.MOMENT, sortable=True, width=112),
        Field("reason", gettext_lazy("Why"), FieldType.TEXT, nullable=False),
    ),
    title="customer",
    columns=("customer", "sequence", "state", "due_at", "sender", "started_at"),
    default_sort="-started_at",
    filter_class=EnrolmentFilter,
    list_url="sales:enrolment-list",
    record_url="sales:enrolment-record",
    alive={"customer__deleted_at": None, "sequence__deleted_at": None},
    page=None,
)  # fmt: skip

CUSTOMER_ENROLMENTS = Extension(
    CUSTOMER, related=(Related("enrolments", gettext_lazy("Sequences"), "sales.enrolment", "customer"),)
)
