"""Writing sequences and their steps, with prospects inside."""

from collections.abc import Mapping
from collections.abc import Sequence as Rows
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from contacts.services.email_templates import check_template
from crm.access.services import require
from crm.audit.services import record
from crm.records.services import touch, write_changes, write_deletion, write_restoration
from crm.staff.models import User
from crm.staff.selectors import default_team
from sales.choices import ENROLMENT_OPEN, EnrolmentState, StepKind
from sales.models import Enrolment, Sequence, SequenceStep

MOST_STEPS = 40


@dataclass(frozen=True)
class StepRow:
    """A step as it is typed; without `pk` it is new."""

    kind: StepKind
    title: str
    text: str = ""
    wait_days: int = 0
    is_answer: bool = False
    pk: int | None = None

    @classmethod
    def of(cls, step: SequenceStep) -> "StepRow":
        kind = StepKind(step.kind)
        return cls(kind, step.title, step.text, step.wait_days, step.is_answer, step.pk)

    def columns(self, position: int) -> dict[str, Any]:
        return {
            "kind": self.kind.value,
            "title": self.title,
            "text": self.text,
            "wait_days": self.wait_days,
            "is_answer": self.is_answer,
            "position": position,
        }


@transaction.atomic
def sequence_create(*, actor: User, values: Mapping[str, Any], steps: Rows[StepRow]) -> Sequence:
    """Add a sequence with its steps. Raises ValidationError."""
    require(actor, "sales.create_sequence")
    check_name(values["name"])
    check_steps(steps)
    sequence = Sequence.objects.create(owner=actor, team=default_team(actor), **values)
    for position, row in enumerate(steps):
        SequenceStep.objects.create(sequence=sequence, **row.columns(position))
    after = {**values, "steps": [row.title for row in steps]}
    record(actor=actor, action="sales.sequence.create", obj=sequence, after=after)
    return sequence


@transaction.atomic
def sequence_edit(
    *,
    actor: User,
    sequence: Sequence,
    values: Mapping[str, Any],
    steps: Rows[StepRow] | None = None,
    version: int,
) -> Sequence:
    """Change a sequence; with `steps` they become its steps, and who is at a step that goes is at the next one.

    What was carried out stays as it was. Raises ValidationError, StaleRecord.
    """
    require(actor, "sales.edit_sequence", sequence)
    check_name(values.get("name", sequence.name), sequence.pk)
    write_changes(actor=actor, obj=sequence, values=values, version=version, action="sales.sequence.edit")
    if steps is not None:
        check_steps(steps)
        steps_save(actor, sequence, steps)
    return sequence


def steps_save(actor: User, sequence: Sequence, rows: Rows[StepRow]) -> None:
    known = {step.pk: step for step in steps_of(sequence)}
    if list(rows) == [StepRow.of(step) for step in known.values()]:
        return
    touch(sequence, sequence.version)
    kept = {row.pk for row in rows}
    gone = [step for pk, step in known.items() if pk not in kept]
    SequenceStep.objects.filter(pk__in=[step.pk for step in gone]).update(deleted_at=timezone.now())
    for position, row in enumerate(rows):
        if row.pk in known:
            SequenceStep.objects.filter(pk=row.pk).update(**row.columns(position))
        else:
            SequenceStep.objects.create(sequence=sequence, **row.columns(position))
    for step in SequenceStep.objects.filter(pk__in=[step.pk for step in gone]):
        go_on_without(step)
    record(
        actor=actor,
        action="sales.sequence.steps",
        obj=sequence,
        before={"steps": [str(step) for step in known.values()]},
        after={"steps": [str(step) for step in steps_of(sequence)]},
    )


def go_on_without(step: SequenceStep) -> None:
    """Who is at a step that went comes to the one that followed it; who waited for it to be done waits no more."""
    now = timezone.now()
    inside = Enrolment.objects.filter(step=step, state__in=ENROLMENT_OPEN)
    following = next_step(step)
    if following is None:
        ended = {"state": EnrolmentState.FINISHED, "due_at": None, "ended_at": now}
        inside.update(**ended, step=None, version=F("version") + 1)
        return
    inside.filter(due_at=None, state=EnrolmentState.ACTIVE).update(due_at=now)
    inside.update(step=following, version=F("version") + 1)


def next_step(step: SequenceStep) -> SequenceStep | None:
    """What comes after this one, also after one that was taken away."""
    rows = SequenceStep.objects.filter(sequence=step.sequence_id, deleted_at=None)
    is_gone = step.deleted_at is not None
    later = rows.filter(position__gte=step.position) if is_gone else rows.filter(position__gt=step.position)
    return later.exclude(pk=step.pk).order_by("position", "pk").first()


def steps_of(sequence: Sequence) -> list[SequenceStep]:
    return list(sequence.steps.filter(deleted_at=None).order_by("position", "pk"))


def check_name(name: str, but: int = 0) -> None:
    if Sequence.objects.filter(name=name, deleted_at=None).exclude(pk=but).exists():
        raise ValidationError({"name": _("There is a sequence of this name.")})


def check_steps(rows: Rows[StepRow]) -> None:
    """Raises ValidationError, with the number of the step it speaks of."""
    if not rows:
        raise ValidationError(_("A sequence needs a step."))
    if len(rows) > MOST_STEPS:
        raise ValidationError(_("A sequence has at most %d steps.") % MOST_STEPS)
    known = [row.pk for row in rows if row.pk is not None]
    if len(set(known)) < len(known):
        raise ValidationError(_("A step came twice. Load the page anew."))
    has_mail = False
    for number, row in enumerate(rows, 1):
        fault = fault_of(row, has_mail)
        if fault:
            raise ValidationError(_("Step %(number)d: %(fault)s") % {"number": number, "fault": fault})
        has_mail = has_mail or row.kind == StepKind.MAIL


def fault_of(row: StepRow, has_mail: bool) -> str:
    """What is wrong with a step, in words; empty if nothing is."""
    if row.is_answer and not has_mail:
        return _("there is no mail before it to answer.")
    if not row.title and not row.is_answer:
        return _("say the subject.") if row.kind == StepKind.MAIL else _("say what is to be done.")
    if row.kind == StepKind.MAIL and not row.text.strip():
        return _("the mail has no text.")
    try:
        check_template({"subject": row.title, "text": row.text})
    except ValidationError as problem:
        return " ".join(problem.messages)
    return ""


@transaction.atomic
def sequence_delete(*, actor: User, sequence: Sequence) -> Sequence:
    """Take it out of use; whoever is inside is stopped, and stays so when it is restored."""
    require(actor, "sales.delete_sequence", sequence)
    now = timezone.now()
    inside = sequence.enrolments.filter(state__in=ENROLMENT_OPEN)
    reason = _("The sequence was deleted.")
    ended = {"state": EnrolmentState.STOPPED, "due_at": None, "ended_at": now, "reason": reason}
    inside.update(**ended, version=F("version") + 1)
    return write_deletion(actor=actor, obj=sequence, action="sales.sequence.delete")


@transaction.atomic
def sequence_restore(*, actor: User, sequence: Sequence) -> Sequence:
    require(actor, "sales.restore_sequence", sequence)
    check_name(sequence.name)
    return write_restoration(actor=actor, obj=sequence, action="sales.sequence.restore")
