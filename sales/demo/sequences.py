"""Sequences of the fictional company: two of them, with leads at every step and what came of those before."""

from datetime import timedelta
from random import Random

from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from contacts.choices import LeadStatus
from contacts.models import Customer
from crm.staff.models import User
from sales.choices import EnrolmentState, RunState, StepKind
from sales.models import Enrolment, Sequence, StepRun
from sales.services.enrolment import sequence_enrol
from sales.services.sequence import StepRow, sequence_create, steps_of

FIRST_CONTACT = (
    StepRow(
        StepKind.MAIL,
        "Coffee at {{ customer.name }}",
        "Hello {{ customer.name }},\n\nyou asked about our beans. Which machine do you have?\n\n"
        "{{ sender.name }}",
    ),
    StepRow(StepKind.CALL, "Call {{ customer.name }} about the first mail", wait_days=2),
    StepRow(
        StepKind.MAIL, "", "Just so that it does not get lost: shall I send you samples?\n\n{{ sender.name }}",
        wait_days=3, is_answer=True,
    ),
    StepRow(StepKind.TASK, "Send samples to {{ customer.name }}", wait_days=4),
    StepRow(
        StepKind.MAIL, "Shall I close your file?",
        "Hello {{ customer.name }},\n\nif it is not the time, tell me when to ask again.\n\n{{ sender.name }}",
        wait_days=5,
    ),
)  # fmt: skip
ASK_AGAIN = (
    StepRow(
        StepKind.MAIL, "Half a year later", "Hello {{ customer.name }},\n\nhow is the coffee?\n\n{{ sender.name }}",
    ),
    StepRow(StepKind.CALL, "Ask {{ customer.name }} again", wait_days=5),
)  # fmt: skip
ENDS = (
    (EnrolmentState.ANSWERED,) * 5
    + (EnrolmentState.FINISHED,) * 6
    + (EnrolmentState.MEETING, EnrolmentState.BOUNCED)
)
PEOPLE = 90


def load(*, seed: int = 9) -> None:
    """Twice is once."""
    if Sequence.objects.exists():
        return
    random = Random(seed)  # noqa: S311 - the same company every time, nothing secret
    writer = User.objects.get(email="manager@tenure.example")
    first = sequence_create(
        actor=writer,
        values={"name": "First contact", "purpose": "New leads who asked for something"},
        steps=FIRST_CONTACT,
    )
    sequence_create(
        actor=writer,
        values={"name": "Ask again", "purpose": "Lost half a year ago, for the price or the time"},
        steps=ASK_AGAIN,
    )
    leads = Customer.objects.alive().exclude(lead_status__in=("", LeadStatus.DISQUALIFIED)).order_by("pk")
    for customer in leads.exclude(owner=None).select_related("owner")[:PEOPLE]:
        history(random, first, customer)


def history(random: Random, sequence: Sequence, customer: Customer) -> None:
    """One lead, somewhere on the way. Those for whom nothing came yet begin within the next days."""
    assert customer.owner is not None  # noqa: S101 - narrows the type: asked for above
    try:
        enrolment = sequence_enrol(actor=customer.owner, sequence=sequence, customer=customer)
    except (ValidationError, PermissionDenied):
        return
    steps, passed = steps_of(sequence), random.randrange(0, 6)
    started_at = timezone.now() - timedelta(days=4 * passed + random.uniform(1, 20))
    runs = [
        StepRun(
            enrolment=enrolment, step=step, ran_at=started_at + timedelta(days=4 * place),
            state=RunState.SENT if step.kind == StepKind.MAIL else RunState.DONE,
        )
        for place, step in enumerate(steps[:passed])
    ]  # fmt: skip
    is_over = passed == len(steps) or (passed > 0 and random.random() < 0.35)
    values = over(random, runs, passed == len(steps)) if is_over else ahead(random, steps[passed])
    Enrolment.objects.filter(pk=enrolment.pk).update(started_at=started_at, **values)
    StepRun.objects.bulk_create(runs)


def over(random: Random, runs: list[StepRun], at_the_end: bool) -> dict[str, object]:
    state = random.choice(ENDS if at_the_end else ENDS[:5] + ENDS[-2:])
    ended_at = runs[-1].ran_at + timedelta(days=random.uniform(0.1, 2))
    if state in (EnrolmentState.ANSWERED, EnrolmentState.MEETING):
        runs[-1].answered_at = ended_at
    mails = [run for run in runs if run.state == RunState.SENT]
    if state == EnrolmentState.BOUNCED:
        mails[-1].bounced_at = ended_at
    return {"state": state, "ended_at": ended_at, "due_at": None, "step": None}


def ahead(random: Random, step: object) -> dict[str, object]:
    return {"step": step, "due_at": timezone.now() + timedelta(days=random.uniform(0.5, 6))}
