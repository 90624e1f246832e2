"""Reading a stored mail, once: into its conversation, or into quarantine with a reason."""

import re
from dataclasses import asdict

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import OuterRef, Q, Subquery
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from crm.access.services import require
from crm.audit.services import record
from crm.jobs.models import Job
from crm.jobs.services import enqueue
from crm.mail.choices import JoinedBy, OutgoingState, RawState
from crm.mail.models import IncomingMail, MailAccount, MailThread, OutgoingMail, RawMail, ThreadMessageId
from crm.mail.parsing import ParsedMail, Unparsable, parse
from crm.mail.services.outcomes import outcomes_tell
from crm.mail.threading import conversation_of, takes_part
from crm.staff.models import User

READ = "mail.read_mail"
#: Message-IDs of our own making (crm.mail.services.outgoing), wherever they stand in a report
MESSAGE_ID_BYTES = re.compile(rb"<[0-9a-f]{32}@[A-Za-z0-9.-]{1,200}>")


@transaction.atomic
def mail_read(pk: int) -> str:
    """Read the mail if it still waits for it, and hand it to MAIL_RECEIVERS in the same transaction."""
    raw = RawMail.objects.select_for_update(of=("self",)).select_related("account").get(pk=pk)
    if raw.state != RawState.STORED:
        return raw.state
    try:
        parsed = parse(bytes(raw.content))
    except Unparsable as fault:
        return settle(raw, RawState.QUARANTINED, str(fault))
    mail = incoming_create(raw, parsed)
    if parsed.is_bounce:
        note_bounce(bytes(raw.content), mail)
    for path in settings.MAIL_RECEIVERS:
        import_string(path)(mail)
    return settle(raw, RawState.READ)


def settle(raw: RawMail, state: RawState, reason: str = "") -> str:
    raw.state, raw.reason = state, reason[:500]
    raw.save(update_fields=["state", "reason"])
    return state


def incoming_create(raw: RawMail, parsed: ParsedMail) -> IncomingMail:
    # two mails of one conversation at once wait for each other, so that they do not begin two
    account = MailAccount.objects.select_for_update().get(pk=raw.account_id)
    thread, joined_by = conversation_of(account, parsed)
    known = thread is None or takes_part(thread, parsed.sender.email)
    if thread is None:
        thread = MailThread.objects.create(account=account, subject=parsed.subject)
    if known:
        join(thread, parsed)
    if parsed.message_id:
        remember(thread, parsed.message_id)
    return IncomingMail.objects.create(
        raw=raw,
        account=account,
        thread=thread,
        joined_by=joined_by,
        needs_review=not known and joined_by != JoinedBy.NEW,
        message_id=parsed.message_id[:255],
        sender=parsed.sender.email,
        sender_name=parsed.sender.name,
        to=[asdict(one) for one in parsed.to],
        cc=[asdict(one) for one in parsed.cc],
        subject=parsed.subject,
        text=parsed.text,
        html=parsed.html,
        files=[asdict(file) for file in parsed.files],
        is_automatic=parsed.is_automatic,
        is_bounce=parsed.is_bounce,
        sent_at=parsed.sent_at,
        arrived_at=raw.arrived_at,
    )


def join(thread: MailThread, parsed: ParsedMail) -> None:
    """Who writes and who is written to takes part from now on."""
    people = {one.email for one in (parsed.sender, *parsed.to, *parsed.cc) if one.email}
    thread.participants = sorted({*thread.participants, *people})[:500]
    thread.save(update_fields=["participants"])


def remember(thread: MailThread, message_id: str) -> None:
    """Answers to this Message-ID belong here; one that another conversation holds stays there."""
    ThreadMessageId.objects.get_or_create(
        account_id=thread.account_id, message_id=message_id[:255], defaults={"thread": thread}
    )


def note_bounce(content: bytes, report: IncomingMail) -> None:
    """Mark the mail of ours that a report speaks of; nobody else knows its Message-ID."""
    named = {found.decode() for found in MESSAGE_ID_BYTES.findall(content)} - {report.message_id}
    sent = OutgoingMail.objects.filter(message_id__in=named, state=OutgoingState.SENT)
    pks = list(sent.values_list("pk", flat=True))
    reason = (report.text.strip() or report.subject)[:500]
    OutgoingMail.objects.filter(pk__in=pks).update(state=OutgoingState.BOUNCED, reason=reason)
    outcomes_tell(pks)


def reads_due() -> int:
    """Queue mails whose job was lost. One whose reading failed for good is held until a person asks for it again."""
    newest = Job.objects.filter(name=READ, key=OuterRef("pk")).order_by("-pk").values("state")[:1]
    rows = RawMail.objects.filter(state=RawState.STORED).annotate(job=Subquery(newest))
    failed = rows.filter(job=Job.State.DEAD).values_list("pk", flat=True)[:500]
    reason = _("Reading it failed; the job tells why.")
    RawMail.objects.filter(pk__in=list(failed)).update(state=RawState.QUARANTINED, reason=reason)
    waiting = rows.filter(Q(job=None) | ~Q(job__in=(Job.State.RUNNING, Job.State.DEAD)))
    pks = list(waiting.order_by("pk").values_list("pk", flat=True)[:500])
    for pk in pks:
        enqueue(READ, pk)
    return len(pks)


@transaction.atomic
def quarantine_retry(*, actor: User, raw: RawMail) -> RawMail:
    """Read a quarantined mail again, after the program learned to. Raises ValidationError."""
    require(actor, "mail.edit_account", raw)
    raw = RawMail.objects.select_for_update(of=("self",)).get(pk=raw.pk)
    if raw.state != RawState.QUARANTINED or not raw.content:
        raise ValidationError(_("There is nothing here to read again."))
    settle(raw, RawState.STORED)
    record(actor=actor, action="mail.quarantine.retry", obj=raw)
    enqueue(READ, raw.pk)
    return raw
