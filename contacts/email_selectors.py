"""Reading mails: one that the reader may see, its files, its state."""

from django.core.files.storage import default_storage
from django.db import models
from django.http import Http404

from contacts.models import EmailMessage, Interaction
from crm.access.services import find
from crm.mail.choices import OutgoingState
from crm.mail.models import MailAccount, OutgoingMail
from crm.mail.parsing import Unparsable, read_file
from crm.staff.models import User

#: what an entry of the timeline does without
HEAVY = (
    "email__html", "email__text", "email__outgoing__html", "email__outgoing__text", "email__outgoing__calendar",
)  # fmt: skip
IN_DOUBT = (OutgoingState.FAILED, OutgoingState.UNKNOWN, OutgoingState.BOUNCED)
ON_ITS_WAY = (OutgoingState.PENDING, OutgoingState.SENDING)


def email_find(user: User, pk: int) -> EmailMessage:
    """Raises Http404 for a mail that stands on no record the reader may see."""
    rows = EmailMessage.objects.select_related("outgoing", "incoming", "thread__account")
    return find(rows, user, pk)


def entries_of(user: User, message: EmailMessage) -> models.QuerySet[Interaction]:
    """Its entries on the records that the reader may see."""
    rows = message.entries.filter(deleted_at=None, customer__deleted_at=None)
    return rows.visible_to(user).select_related("customer", "actor").order_by("pk")


def file_content(message: EmailMessage, number: int) -> tuple[str, str, bytes]:
    """(name, type, bytes) of one of its files. Raises Http404."""
    if not 0 <= number < len(message.files):
        raise Http404
    file = message.files[number]
    if "file" in file:
        try:
            with default_storage.open(file["file"]) as content:
                return file["name"], file["content_type"], bytes(content.read())
        except OSError as fault:
            raise Http404 from fault
    if message.incoming is None:
        raise Http404
    try:
        return (
            file["name"],
            file["content_type"],
            read_file(bytes(message.incoming.raw.content), file["part"]),
        )
    except Unparsable as fault:
        raise Http404 from fault


def inline_picture(message: EmailMessage, content_id: str) -> tuple[str, bytes] | None:
    for number, file in enumerate(message.files):
        if content_id and file.get("content_id") == content_id:
            try:
                _name, kind, content = file_content(message, number)
            except Http404:
                return None
            return kind, content
    return None


def sending_accounts(user: User) -> list[MailAccount]:
    """The mailboxes one may write from: one's own, then those of the company."""
    rows = MailAccount.objects.filter(models.Q(owner=user) | models.Q(owner=None), is_active=True)
    ready = rows.exclude(smtp_host="").exclude(secret="").defer("secret")
    return list(ready.order_by(models.F("owner").asc(nulls_last=True), "name"))


def sent_words(mail: OutgoingMail | None) -> tuple[str, str, bool]:
    """(what became of it, why, whether it is still on its way)."""
    if mail is None:
        return "", "", False
    waits = mail.state == OutgoingState.PENDING and not mail.attempts
    label = OutgoingState.SENDING.label if waits else OutgoingState(mail.state).label
    return str(label), mail.reason, mail.state in ON_ITS_WAY
