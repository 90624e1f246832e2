"""Carrying out the steps of sequences that are due: each once, however often the clock comes round."""

import logging
import time
from datetime import timedelta

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
from crm.staff.models import User
from sales.choices import EnrolmentState, RunState, StepKind
from sales.models import Enrolment, SequenceStep, StepRun
from sales.notifications import SEQUENCE
from sales.sequence_clock import day_begins, next_day
from sales.services.enrolment import address_for, go_on, lost_mails, said_no, written

log = logging.getLogger(__name__)
#: one job goes on for so long, then the next one does
SECONDS = 45.0
KINDS = {StepKind.CALL: TaskKind.CALL, StepKind.TASK: TaskKind.TASK}


def sequences_run() -> int:
    """Carry out what is due, while the business is open; how many steps it was."""
    until, count = time.monotonic() + SECONDS, 0
    while is_open() and time.monotonic() < until and run_one():
        count += 1
    return count


def is_open() -> bool:
    """A company that never opens works at any time."""
    now = timezone.now()
    try:
        return working_time().next_open(now) <= now
    except NeverOpen:
        return True


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
    if lost_mails(enrolment).exists():
        raise ValidationError(_("A mail of it did not arrive, or was taken back. See it on the record."))


def send(enrolment: Enrolment, step: SequenceStep) -> None:
    """Raises ValidationError for a text that cannot be filled in, and for an address that is gone."""
    if said_no(enrolment.customer):
        raise ValidationError(_("%s does not wish to get e-mails.") % enrolment.customer)
    address_for(enrolment.customer, enrolment.address, is_needed=True)
    if is_full(enrolment):
        put_off(enrolment)
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


def is_full(enrolment: Enrolment) -> bool:
    """Whether the sender's mails of this sequence are used up for today; two workers ask one after the other."""
    User.objects.select_for_update(no_key=True).get(pk=enrolment.sender_id)
    sent = StepRun.objects.filter(
        step__sequence=enrolment.sequence_id,
        enrolment__sender=enrolment.sender_id,
        state=RunState.SENT,
        ran_at__gte=day_begins(working_time(), timezone.now()),
    ).count()
    return sent >= enrolment.sequence.daily_limit


def put_off(enrolment: Enrolment) -> None:
    """All mails of the sender in this sequence that are due, to the next working day."""
    now = timezone.now()
    try:
        later = next_day(working_time(), now)
    except NeverOpen:
        later = now + timedelta(days=1)
    due = Enrolment.objects.filter(
        sequence=enrolment.sequence_id, sender=enrolment.sender_id, state=EnrolmentState.ACTIVE
    )
    due.filter(due_at__lte=now, step__kind=StepKind.MAIL).update(due_at=later)


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
