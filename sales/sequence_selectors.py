"""Reading sequences: what came of them, step by step."""

from collections.abc import Sequence as Rows
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, Q, QuerySet

from crm.access.services import find
from crm.staff.models import User
from sales.choices import EnrolmentState, RunState
from sales.models import Enrolment, Sequence, SequenceStep, StepRun

DONE = Q(state__in=(RunState.SENT, RunState.DONE))


def sequences(user: User) -> QuerySet[Sequence]:
    return Sequence.objects.filter(deleted_at=None).visible_to(user).select_related("owner")


def sequence_find(user: User, pk: int) -> Sequence:
    """Raises Http404 for the invisible."""
    return find(Sequence.objects.filter(deleted_at=None).select_related("owner", "team"), user, pk)


def enrolments(user: User) -> QuerySet[Enrolment]:
    rows = Enrolment.objects.filter(customer__deleted_at=None, sequence__deleted_at=None)
    return rows.visible_to(user).select_related("customer", "sequence", "step", "sender", "deal")


def enrolment_find(user: User, pk: int) -> Enrolment:
    """Raises Http404 for the invisible."""
    rows = Enrolment.objects.filter(customer__deleted_at=None)
    return find(rows.select_related("customer", "sequence", "step", "sender", "deal"), user, pk)


@dataclass(frozen=True)
class Tally:
    """How many customers were enrolled, and where they are; `answer_rate` in 0..1, None without anybody."""

    states: dict[str, int] = field(default_factory=dict)

    @property
    def enrolled(self) -> int:
        return sum(self.states.values())

    @property
    def answered(self) -> int:
        return self.of(EnrolmentState.ANSWERED) + self.of(EnrolmentState.MEETING)

    @property
    def answer_rate(self) -> float | None:
        return self.answered / self.enrolled if self.enrolled else None

    @property
    def active(self) -> int:
        return self.of(EnrolmentState.ACTIVE)

    @property
    def paused(self) -> int:
        return self.of(EnrolmentState.PAUSED)

    def of(self, state: EnrolmentState) -> int:
        return self.states.get(state.value, 0)


def tallies(user: User, rows: Rows[Sequence]) -> dict[int, Tally]:
    """Per sequence, of the customers the reader may see."""
    seen = Enrolment.objects.filter(sequence__in=rows, customer__deleted_at=None).visible_to(user)
    found: dict[int, dict[str, int]] = {row.pk: {} for row in rows}
    for pk, state, count in seen.values_list("sequence", "state").annotate(Count("pk")).order_by():
        found[pk][state] = count
    return {pk: Tally(states) for pk, states in found.items()}


@dataclass(frozen=True)
class StepResult:
    """A step and what came of it: `done` were sent or done, `rate` is the share of these that was answered."""

    step: SequenceStep
    number: int
    done: int = 0
    waiting: int = 0
    skipped: int = 0
    answered: int = 0
    bounced: int = 0
    here: int = 0

    @property
    def rate(self) -> float | None:
        return self.answered / self.done if self.done else None


COUNTS: dict[str, Any] = {
    "done": Count("pk", filter=DONE),
    "waiting": Count("pk", filter=Q(state=RunState.WAITING)),
    "skipped": Count("pk", filter=Q(state=RunState.SKIPPED)),
    "answered": Count("pk", filter=Q(answered_at__isnull=False)),
    "bounced": Count("pk", filter=Q(bounced_at__isnull=False)),
}


def step_results(user: User, sequence: Sequence, steps: Rows[SequenceStep]) -> list[StepResult]:
    """In the order of the steps, of the customers the reader may see; `here` are those for whom it comes next."""
    seen = Enrolment.objects.filter(sequence=sequence, customer__deleted_at=None).visible_to(user)
    runs = StepRun.objects.filter(enrolment__in=seen).values_list("step").annotate(**COUNTS).order_by()
    by_step = {row[0]: dict(zip(COUNTS, row[1:], strict=True)) for row in runs}
    open_ones = seen.filter(state__in=(EnrolmentState.ACTIVE, EnrolmentState.PAUSED))
    here = dict(open_ones.values_list("step").annotate(Count("pk")).order_by())
    return [
        StepResult(step, number, here=here.get(step.pk, 0), **by_step.get(step.pk, {}))
        for number, step in enumerate(steps, 1)
    ]


def open_enrolment(user: User, customer_pk: int) -> Enrolment | None:
    return enrolments(user).filter(customer=customer_pk, state__in=("active", "paused")).first()
