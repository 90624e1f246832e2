"""What ends a sequence for a prospect, or takes them on to the next step: an answer, a meeting, a task that is done."""

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from contacts.models import Task
from crm.access.querysets import AccessQuerySet
from crm.mail.choices import OutgoingState
from sales.choices import ENROLMENT_OPEN, EnrolmentState, RunState
from sales.models import Enrolment, StepRun
from sales.services.enrolment import ended, go_on

#: an answer so long after the last step still counts as one to the sequence
LATE_ANSWER = timedelta(days=60)
#: how far the clock of a prospect may be behind ours
SLOW_CLOCK = timedelta(days=1)
OPEN = Q(state__in=ENROLMENT_OPEN)


def locked(condition: Q) -> AccessQuerySet[Enrolment]:
    rows = Enrolment.objects.select_for_update(of=("self",)).filter(condition)
    return rows.select_related("customer", "sequence", "step").order_by("pk")


@transaction.atomic
def sequences_answered(customers: Collection[int], at: datetime, thread: int | None = None) -> int:
    """The prospects answered: nothing more goes out to them. How many sequences it ended.

    `at` is when they say they wrote: older mails that are read only now are no answer, unless they stand in the
    conversation of a mail of the sequence.
    """
    now = timezone.now()
    late = Q(state=EnrolmentState.FINISHED, ended_at__gte=now - LATE_ANSWER)
    is_answer = Q(started_at__lte=at + SLOW_CLOCK)
    if thread is not None:
        is_answer |= Q(pk__in=StepRun.objects.filter(email__thread=thread).values("enrolment"))
    found = list(locked(Q(customer__in=customers) & is_answer & (OPEN | late)))
    for enrolment in found:
        note_answer(enrolment, now)
        ended(None, enrolment, EnrolmentState.ANSWERED, "")
    return len(found)


def note_answer(enrolment: Enrolment, now: datetime) -> None:
    """The step that came last before the answer has it to its credit."""
    runs = enrolment.runs.filter(state__in=(RunState.SENT, RunState.DONE))
    last = runs.order_by("-ran_at", "-pk").first()
    if last is not None:
        StepRun.objects.filter(pk=last.pk).update(answered_at=now)


@transaction.atomic
def sequences_bounced(customers: Collection[int], at: datetime) -> int:
    """Mails of sequences to these customers came back: no further one goes out. How many sequences it ended."""
    back = Q(email__outgoing__state=OutgoingState.BOUNCED, bounced_at=None, enrolment__customer__in=customers)
    runs = dict(StepRun.objects.filter(back).values_list("pk", "enrolment"))
    StepRun.objects.filter(pk__in=runs).update(bounced_at=at)
    return sequences_end(Q(pk__in=runs.values()), EnrolmentState.BOUNCED)


@transaction.atomic
def sequences_end(condition: Q, state: EnrolmentState, reason: str = "") -> int:
    """The open ones that the condition finds end, by what happened."""
    found = list(locked(OPEN & condition))
    for enrolment in found:
        ended(None, enrolment, state, reason)
    return len(found)


@transaction.atomic
def sequence_tasks_done(tasks: Iterable[Task]) -> None:
    """Calls and to-dos that were done, or taken away: who waited for them goes on."""
    by_key = {task.pk: task for task in tasks}
    for run in StepRun.objects.filter(task__in=by_key, state=RunState.WAITING):
        task = by_key[run.task_id or 0]
        state = RunState.DONE if task.done_at else RunState.SKIPPED
        StepRun.objects.filter(pk=run.pk).update(state=state)
        waiting = Q(pk=run.enrolment_id, state=EnrolmentState.ACTIVE, step=run.step_id)
        for enrolment in locked(waiting):
            go_on(None, enrolment, timezone.now())
