"""Prospects in sequences: enrolled, paused, taken up again, stopped; a step skipped."""

from datetime import datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from contacts.choices import ConsentChannel, ConsentPurpose, PointKind
from contacts.models import Consent, ContactPoint, Customer
from crm.access.services import allowed, require
from crm.audit.services import record
from crm.calendars.arithmetic import NeverOpen
from crm.calendars.selectors import working_time
from crm.mail.choices import OutgoingState
from crm.mail.models import OutgoingMail
from crm.records.services import write_changes
from crm.staff.models import User
from sales.choices import ENROLMENT_OPEN, EnrolmentState, RunState, StepKind
from sales.models import Deal, Enrolment, Sequence, SequenceStep, StepRun
from sales.sequence_clock import step_due
from sales.services.sequence import next_step, steps_of

#: what a mail may have come to before the next step is carried out
ON_ITS_WAY = (OutgoingState.PENDING, OutgoingState.SENDING, OutgoingState.SENT)


@transaction.atomic
def sequence_enrol(
    *, actor: User, sequence: Sequence, customer: Customer, address: str = "", deal: Deal | None = None
) -> Enrolment:
    """Put the customer into the sequence; the actor writes and calls. Raises ValidationError, in words.

    Without `address` the primary one that did not bounce is written to.
    """
    require(actor, "sales.enrol_sequence", sequence)
    require(actor, "contacts.create_interaction")
    require(actor, "contacts.view_customer", customer)
    if deal is not None:
        require(actor, "sales.edit_deal", deal)
    steps = steps_of(sequence)
    check_open(sequence, steps, customer, deal)
    address = address_for(customer, address, is_needed=any(step.kind == StepKind.MAIL for step in steps))
    enrolment = Enrolment(
        customer=customer,
        sequence=sequence,
        deal=deal,
        address=address,
        step=steps[0],
        due_at=due(timezone.now(), steps[0]),
        sender=actor,
    )
    try:
        with transaction.atomic():
            enrolment.save()
    except IntegrityError as fault:
        raise ValidationError(is_in(customer)) from fault
    after = {"customer": customer, "sequence": sequence.name, "deal": deal, "address": address}
    record(actor=actor, action="sales.enrolment.create", obj=enrolment, after=after)
    return enrolment


def check_open(sequence: Sequence, steps: list[SequenceStep], customer: Customer, deal: Deal | None) -> None:
    if sequence.deleted_at or not sequence.is_on:
        raise ValidationError(_("This sequence is switched off."))
    if not steps:
        raise ValidationError(_("This sequence has no steps."))
    if deal is not None and (deal.customer_id != customer.pk or not deal.is_open):
        raise ValidationError(_("Choose an open deal of this customer."))
    if Enrolment.objects.filter(customer=customer, state__in=ENROLMENT_OPEN).exists():
        raise ValidationError(is_in(customer))
    if said_no(customer):
        raise ValidationError(_("%s does not wish to get e-mails.") % customer)


def is_in(customer: Customer) -> str:
    held = Enrolment.objects.filter(customer=customer, state__in=ENROLMENT_OPEN).select_related("sequence")
    names = ", ".join(str(row.sequence) for row in held)
    return _("%(customer)s is in a sequence already: %(names)s.") % {"customer": customer, "names": names}


def said_no(customer: Customer) -> bool:
    """Whether the newest word of the customer on e-mails is a no: on marketing, or if nothing was said of that, any."""
    rows = Consent.objects.filter(customer=customer, channel=ConsentChannel.EMAIL).order_by("-pk")
    words = list(rows.values_list("purpose", "is_given"))
    on_marketing = [is_given for purpose, is_given in words if purpose == ConsentPurpose.MARKETING]
    newest = on_marketing or [is_given for _purpose, is_given in words]
    return bool(newest) and not newest[0]


def address_for(customer: Customer, wanted: str, *, is_needed: bool) -> str:
    """An address of the customer that mails reach. Raises ValidationError."""
    points = ContactPoint.objects.filter(customer=customer, kind=PointKind.EMAIL)
    if wanted:
        points = points.filter(value=wanted.strip().lower())
    point = points.order_by("is_bounced", "-is_primary", "pk").first()
    if point is None and not is_needed and not wanted:
        return ""
    if point is None:
        raise ValidationError(_("%s has no e-mail address.") % customer)
    if point.is_bounced:
        text = _("Mails to %(address)s came back. Correct the address first.")
        raise ValidationError(text % {"address": point.value})
    return str(point.value)


def due(after: datetime, step: SequenceStep) -> datetime:
    """In business hours; a company that never opens has its steps carried out at any time."""
    try:
        return step_due(working_time(), after, step.wait_days)
    except NeverOpen:
        return after


def require_hold(actor: User, enrolment: Enrolment) -> None:
    """Whoever carries it out may, and who may edit the customer. Raises Http404, PermissionDenied."""
    require(actor, "contacts.view_customer", enrolment.customer)
    if enrolment.sender_id == actor.pk or allowed(actor, "contacts.edit_customer", enrolment.customer):
        return
    raise PermissionDenied


def held(enrolment: Enrolment) -> Enrolment:
    """Locked, as it stands now."""
    rows = Enrolment.objects.select_for_update(of=("self",)).select_related(
        "customer", "sequence", "step", "sender"
    )
    return rows.get(pk=enrolment.pk)


@transaction.atomic
def enrolment_pause(*, actor: User, enrolment: Enrolment) -> Enrolment:
    """Nothing more goes out until it is taken up again."""
    require_hold(actor, enrolment)
    enrolment = held(enrolment)
    if enrolment.state != EnrolmentState.ACTIVE:
        return enrolment
    return written(actor, enrolment, "pause", state=EnrolmentState.PAUSED, due_at=None, reason="")


@transaction.atomic
def enrolment_resume(*, actor: User, enrolment: Enrolment) -> Enrolment:
    """Take it up at the step where it stopped, at the next open hour; of a sender who left the actor takes over.

    Raises ValidationError.
    """
    require_hold(actor, enrolment)
    enrolment = held(enrolment)
    if enrolment.state != EnrolmentState.PAUSED:
        return enrolment
    if enrolment.sequence.deleted_at or enrolment.step is None:
        raise ValidationError(_("This sequence is switched off."))
    now = timezone.now()
    is_waiting = waits_for_task(enrolment)
    due_at = None if is_waiting else due_now(now)
    StepRun.objects.filter(pk__in=lost_mails(enrolment)).update(state=RunState.SKIPPED)
    more = {} if enrolment.sender.is_active else {"sender": actor}
    again = {"state": EnrolmentState.ACTIVE, "due_at": due_at, "reason": "", **more}
    return written(actor, enrolment, "resume", **again)


def due_now(now: datetime) -> datetime:
    try:
        return step_due(working_time(), now, 0)
    except NeverOpen:
        return now


def waits_for_task(enrolment: Enrolment) -> bool:
    """Whether the call or to-do of its step is still open."""
    runs = enrolment.runs.filter(step=enrolment.step, state=RunState.WAITING)
    return runs.filter(task__done_at=None, task__deleted_at=None, task__isnull=False).exists()


@transaction.atomic
def enrolment_stop(*, actor: User, enrolment: Enrolment, reason: str = "") -> Enrolment:
    """Take the customer out; what was planned and not done stays on the to-do list."""
    require_hold(actor, enrolment)
    enrolment = held(enrolment)
    if not enrolment.is_open:
        return enrolment
    return ended(actor, enrolment, EnrolmentState.STOPPED, reason)


@transaction.atomic
def enrolment_skip(*, actor: User, enrolment: Enrolment) -> Enrolment:
    """Leave out the step that comes next, or that waits to be done. Raises ValidationError."""
    require_hold(actor, enrolment)
    enrolment = held(enrolment)
    if enrolment.state != EnrolmentState.ACTIVE or enrolment.step is None:
        raise ValidationError(_("Nothing comes next that could be skipped."))
    StepRun.objects.update_or_create(
        enrolment=enrolment, step=enrolment.step, defaults={"state": RunState.SKIPPED}
    )
    return go_on(actor, enrolment, timezone.now(), action="skip")


def go_on(actor: User | None, enrolment: Enrolment, after: datetime, *, action: str = "step") -> Enrolment:
    """To the step that follows, due so long after this one was done; after the last it is finished."""
    following = next_step(enrolment.step) if enrolment.step else None
    if following is None:
        return ended(actor, enrolment, EnrolmentState.FINISHED, "", step=None)
    return written(actor, enrolment, action, step=following, due_at=due(after, following))


def ended(
    actor: User | None, enrolment: Enrolment, state: EnrolmentState, reason: str, **more: object
) -> Enrolment:
    if state != EnrolmentState.FINISHED:
        mails_cancel(enrolment)
    over = {"state": state, "reason": reason[:300], "due_at": None, "ended_at": timezone.now()}
    return written(actor, enrolment, "end", **over, **more)


def lost_mails(enrolment: Enrolment) -> QuerySet[StepRun]:
    """The mails of it that did not go out, came back or were taken back."""
    sent = enrolment.runs.filter(state=RunState.SENT, email__isnull=False)
    return sent.exclude(email__outgoing__state__in=ON_ITS_WAY)


def mails_cancel(enrolment: Enrolment) -> None:
    """What still waits to leave stays here."""
    waiting = OutgoingMail.objects.filter(
        email__in=enrolment.runs.values("email"), state=OutgoingState.PENDING
    )
    waiting.update(state=OutgoingState.CANCELLED, reason=_("The sequence ended before it left."))


def written(actor: User | None, enrolment: Enrolment, verb: str, **values: object) -> Enrolment:
    action = f"sales.enrolment.{verb}"
    return write_changes(actor=actor, obj=enrolment, values=values, version=None, action=action)
