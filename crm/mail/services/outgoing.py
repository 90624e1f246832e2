"""Mails of the program itself (invitations, digests): written in the caller's transaction, sent by a job."""

import re
import secrets
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from crm.access.services import require
from crm.audit.services import record
from crm.jobs.services import enqueue
from crm.mail.addresses import thread_address
from crm.mail.choices import OutgoingState
from crm.mail.models import MailThread, OutgoingMail, ThreadMessageId
from crm.staff.models import User

JOB = "mail.send_outgoing"
TYPE = re.compile(r"(?!message/|multipart/)[a-z0-9][a-z0-9!#$&^_.+-]{0,60}/[a-z0-9][a-z0-9!#$&^_.+-]{0,100}")
#: a mail that could not be sent for so long would only surprise
KEPT_WAITING = timedelta(days=7)
#: so many Message-IDs of the conversation a mail refers to
REFERENCES = 20


@dataclass(frozen=True)
class MailFile:
    """A file that goes with a mail: `file` is its name in the storage, where it stays until the mail has left."""

    file: str
    name: str
    type: str


@transaction.atomic
def mail_enqueue(
    *,
    to: str,
    subject: str,
    text: str,
    html: str = "",
    kind: str,
    key: str,
    actor: User | None = None,
    reply_to: str = "",
    thread: MailThread | None = None,
    calendar: str = "",
    files: Sequence[MailFile] = (),
    cc: Sequence[str] = (),
    sender_name: str = "",
    delay: timedelta = timedelta(0),
    by_program: bool = False,
) -> OutgoingMail:
    """Write the mail into the ledger and have it sent after commit; sent at most once.

    With a conversation it is an answer in it: it leaves through the conversation's account and comes back to a signed
    address; `by_program` it leaves through the program's server all the same. `sender_name` is for what a person
    writes, `delay` leaves time to take it back. The same `key` again returns the row that is there.
    Raises ValidationError for an address that is none.
    """
    for address in (to, *cc, *([reply_to] if reply_to else [])):
        validate_email(address)
    values = {
        "to": to,
        "cc": list(cc),
        "sender_name": " ".join(sender_name.split())[:150],
        "subject": " ".join(subject.split())[:500],
        "text": text,
        "html": html,
        "calendar": calendar,
        "kind": kind,
        "actor": actor,
        "reply_to": reply_to,
        "files": [asdict(file) | {"type": plain_type(file.type)} for file in files],
        "message_id": new_message_id(thread),
        "due_at": timezone.now() + delay,
    }
    if thread:
        values |= place_in(thread, reply_to, by_program=by_program)
    mail, is_new = OutgoingMail.objects.get_or_create(key=key, defaults=values)
    if is_new:
        if thread:
            takes_place(mail, thread)
        enqueue(JOB, mail.pk)
    return mail


def plain_type(text: str) -> str:
    """As browsers name the types of files, they may be none; mails within mails would be written anew on the way."""
    return text.lower() if TYPE.fullmatch(text.lower()) else "application/octet-stream"


def new_message_id(thread: MailThread | None) -> str:
    """Our own and fixed in the row, so that a reply is recognised and a copy can be told from the original."""
    domain = thread.account.address.rpartition("@")[2] if thread else settings.MAIL_DOMAIN
    return f"<{secrets.token_hex(16)}@{domain}>"


def place_in(thread: MailThread, reply_to: str, *, by_program: bool) -> dict[str, Any]:
    """Answers to one's own mailbox come back there; to one of the company by a signed address."""
    account = thread.account
    known = list(thread.message_ids.order_by("-pk").values_list("message_id", flat=True)[:REFERENCES])
    return {
        "account": None if by_program else account,
        "thread": thread,
        "answers": known[::-1],
        "reply_to": reply_to or ("" if account.owner_id else thread_address(account.address, thread.pk)),
    }


def takes_place(mail: OutgoingMail, thread: MailThread) -> None:
    """Answers to it are known by its Message-ID, and its receiver takes part from now on."""
    ThreadMessageId.objects.create(thread=thread, account=thread.account, message_id=mail.message_id)
    people = sorted({*thread.participants, mail.to.lower(), *(address.lower() for address in mail.cc)})
    MailThread.objects.filter(pk=thread.pk).update(participants=people)


@transaction.atomic
def outgoing_retry(*, actor: User, mail: OutgoingMail) -> OutgoingMail:
    """A person's decision to send again; of an `unknown` mail the receiver may then get two."""
    require(actor, "mail.edit_outgoing", mail)
    mail = OutgoingMail.objects.select_for_update().get(pk=mail.pk)
    if not mail.can_retry:
        raise ValidationError(_("This mail is waiting, being sent, or sent already."))
    if mail.sender_name and mail.state == OutgoingState.CANCELLED:
        raise ValidationError(_("This mail was taken back: it is sent by its writer or not at all."))
    return move(actor, mail, OutgoingState.PENDING, "mail.outgoing.retry")


@transaction.atomic
def outgoing_send_again(*, actor: User, mail: OutgoingMail) -> OutgoingMail:
    """One's own mail that failed or came back. Raises ValidationError for one that waits or has left."""
    mail = OutgoingMail.objects.select_for_update().get(pk=mail.pk)
    if mail.actor_id != actor.pk:
        raise PermissionDenied
    if not mail.can_retry:
        raise ValidationError(_("This mail is waiting, being sent, or sent already."))
    return move(actor, mail, OutgoingState.PENDING, "mail.outgoing.retry")


@transaction.atomic
def outgoing_take_back(*, actor: User, mail: OutgoingMail) -> OutgoingMail:
    """What one has just sent oneself, while it waits. Raises ValidationError when it has left."""
    mail = OutgoingMail.objects.select_for_update().get(pk=mail.pk)
    if mail.actor_id != actor.pk:
        raise PermissionDenied
    if not mail.can_cancel:
        raise ValidationError(_("It is too late: the mail is on its way."))
    return move(actor, mail, OutgoingState.CANCELLED, "mail.outgoing.cancel")


@transaction.atomic
def outgoing_cancel(*, actor: User, mail: OutgoingMail) -> OutgoingMail:
    require(actor, "mail.edit_outgoing", mail)
    mail = OutgoingMail.objects.select_for_update().get(pk=mail.pk)
    if not mail.can_cancel:
        raise ValidationError(_("Only a waiting mail can be cancelled."))
    return move(actor, mail, OutgoingState.CANCELLED, "mail.outgoing.cancel")


def move(actor: User, mail: OutgoingMail, state: OutgoingState, action: str) -> OutgoingMail:
    before = {"state": mail.state}
    mail.state, mail.reason, mail.attempts, mail.due_at = state, "", 0, timezone.now()
    mail.save(update_fields=["state", "reason", "attempts", "due_at"])
    record(actor=actor, action=action, obj=mail, before=before, after={"state": state})
    if state == OutgoingState.PENDING:
        enqueue(JOB, mail.pk)
    return mail
