"""Carrying out the steps of sequences that are due: each once, however often the clock comes round."""

import logging
from datetime import datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import Http404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from contacts.choices import TaskKind
from contacts.models import EmailMessage
from contacts.services.about import about
from contacts.services.email import email_send
from contacts.services.email_templates import template_fill
from contacts.services.engagement import task_create
from crm.access.services import allowed
from crm.calendars.arithmetic import NeverOpen
from crm.calendars.selectors import day_of, working_time
from crm.notifications.services.notify import notify
from sales.choices import EnrolmentState, RunState, StepKind
from sales.models import Enrolment, SequenceStep, StepRun
from sales.notifications import SEQUENCE
from sales.sequence_clock import day_begins, next_day
from sales.services.enrolment import go_on, said_no, written

log = logging.getLogger(__name__)
#: one job carries out so many, then the next one goes on
MOST = 500
KINDS = {StepKind.CALL: TaskKind.CALL, StepKind.TASK: TaskKind.TASK}


def sequences_run(most: int = MOST) -> int:
    """Carry out what is due now; how many steps it was."""
    count = 0
    while count < most and run_one():
        count += 1
    return count


@transaction.atomic
def run_one() -> bool:
    """The step that has been due for longest; False if none is. Two workers take different ones."""
    rows = Enrolment.objects.filter(
        state=EnrolmentState.ACTIVE,
        due_at__lte=timezone.now(),
        sequence__is_on=True,
        sequence__deleted_at=None,
    )
    enrolment = (
        rows.select_for_update(of=("self",), skip_locked=True)
        .select_related("customer", "sequence", "step", "deal", "sender")
        .order_by("due_at", "id")
        .first()
    )
    if enrolment is None:
        return False
    try:
        with transaction.atomic():
            carry_out(enrolment)
    except (ValidationError, PermissionDenied, Http404) as fault:
        pause(enrolment, words_of(fault))
    except Exception:
        log.exception("enrolment %s: step %s failed", enrolment.pk, enrolment.step_id)
        pause(enrolment, _("The program failed at this step. Administrators find the reason in its log."))
    return True


def words_of(fault: Exception) -> str:
    if isinstance(fault, ValidationError):
        return " ".join(fault.messages)
    return _("Whoever enrolled the customer may no longer write to them.")


def carry_out(enrolment: Enrolment) -> None:
    """Raises ValidationError with the reason for which it has to wait for somebody."""
    step = enrolment.step
    if step is None or step.deleted_at is not None:
        go_on(None, enrolment, timezone.now())
        return
    if StepRun.objects.filter(enrolment=enrolment, step=step).exists():
        go_on(None, enrolment, timezone.now())
        return
    check_still(enrolment)
    if step.kind == StepKind.MAIL:
        send(enrolment, step)
    else:
        plan(enrolment, step)


def check_still(enrolment: Enrolment) -> None:
    sender, customer = enrolment.sender, enrolment.customer
    if not sender.is_active:
        raise ValidationError(
            _(
                "Whoever enrolled the customer has left. A colleague who takes it up again writes from then on."
            )
        )
    if not allowed(sender, "contacts.view_customer", customer):
        raise PermissionDenied
    if customer.deleted_at is not None:
        raise ValidationError(_("The customer was deleted."))


def send(enrolment: Enrolment, step: SequenceStep) -> None:
    """Raises ValidationError for a text that cannot be filled in, and for an address that is gone."""
    if said_no(enrolment.customer):
        raise ValidationError(_("%s does not wish to get e-mails.") % enrolment.customer)
    later = when_full(enrolment)
    if later is not None:
        Enrolment.objects.filter(pk=enrolment.pk).update(due_at=later)
        return
    message = mailed(enrolment, step)
    StepRun.objects.create(enrolment=enrolment, step=step, state=RunState.SENT, email=message)
    go_on(None, enrolment, timezone.now())


def mailed(enrolment: Enrolment, step: SequenceStep) -> EmailMessage:
    before = last_mail(enrolment) if step.is_answer else None
    subject, text = template_fill(
        actor=enrolment.sender,
        template_or_text=(step.title, step.text),
        customer=enrolment.customer,
        about=enrolment.deal,
    )
    if before is not None and not subject:
        subject = before.subject if before.subject.startswith("Re: ") else f"Re: {before.subject}"
    return email_send(
        actor=enrolment.sender,
        customer=enrolment.customer,
        to=enrolment.address,
        subject=subject,
        text=text,
        about=enrolment.deal,
        thread=before.thread if before else None,
        key=f"sequence:{enrolment.pk}:{step.pk}",
    )


def last_mail(enrolment: Enrolment) -> EmailMessage | None:
    run = (
        enrolment.runs.filter(email__isnull=False).select_related("email__thread").order_by("-ran_at").first()
    )
    return run.email if run else None


def when_full(enrolment: Enrolment) -> datetime | None:
    """When its turn comes, if the sender's mails of this sequence are used up for today."""
    hours, now = working_time(), timezone.now()
    sent = StepRun.objects.filter(
        step__sequence=enrolment.sequence_id,
        enrolment__sender=enrolment.sender_id,
        state=RunState.SENT,
        ran_at__gte=day_begins(hours, now),
    ).count()
    if sent < enrolment.sequence.daily_limit:
        return None
    try:
        return next_day(hours, now)
    except NeverOpen:
        return None


def plan(enrolment: Enrolment, step: SequenceStep) -> None:
    """Put the call or to-do on the list of whoever carries it out, and wait until it is done."""
    title, notes = template_fill(
        actor=enrolment.sender,
        template_or_text=(step.title, step.text),
        customer=enrolment.customer,
        about=enrolment.deal,
    )
    values = {
        "kind": KINDS[StepKind(step.kind)].value,
        "title": title[:200],
        "notes": notes,
        "customer": enrolment.customer,
        "due_on": day_of(enrolment.sender),
        **about(enrolment.deal),
    }
    task = task_create(actor=enrolment.sender, values=values)
    StepRun.objects.create(enrolment=enrolment, step=step, state=RunState.WAITING, task=task)
    Enrolment.objects.filter(pk=enrolment.pk).update(due_at=None)


def pause(enrolment: Enrolment, reason: str) -> None:
    """It waits for somebody to mend what is in its way; they are told."""
    fresh = Enrolment.objects.select_related("customer", "sequence").get(pk=enrolment.pk)
    written(None, fresh, "pause", state=EnrolmentState.PAUSED, due_at=None, reason=reason[:300])
    notify(
        user=enrolment.sender,
        kind=SEQUENCE,
        text=_("A sequence is paused: %s") % enrolment.sequence,
        url=reverse("sales:sequence-record", args=[enrolment.sequence_id]),
        obj=enrolment.customer,
        group=f"sequence:{enrolment.sequence_id}",
        detail=reason,
    )
