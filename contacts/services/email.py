"""Writing to customers: the mail, its entry on the record and what it touches, in one transaction."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from email.utils import parseaddr
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Q
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _

from contacts.choices import Direction, InteractionKind
from contacts.email_reach import points_near
from contacts.email_texts import as_html, preview
from contacts.models import Customer, EmailMessage, Interaction
from contacts.points import normal_email
from contacts.services.about import about as about_columns
from contacts.services.about import about_check
from contacts.services.email_templates import gaps_in
from crm.access.services import require
from crm.audit.services import record
from crm.mail.choices import Outcome
from crm.mail.models import IncomingMail, MailAccount, MailThread, OutgoingMail, ThreadMessageId
from crm.mail.services import mail_enqueue, outgoing_send_again, outgoing_take_back
from crm.mail.services.outgoing import REFERENCES, MailFile
from crm.mail.transport import is_set_up
from crm.notifications.mentions import plain
from crm.records.services import write_deletion, write_restoration
from crm.search.services import index
from crm.staff.models import User
from crm.staff.selectors import default_team

KIND = "email"
CREATED = "contacts.interaction.create"
#: so many people read one mail at most
MOST_RECEIVERS = 20
MOST_SUBJECT, MOST_TEXT = 500, 50_000


@dataclass(frozen=True)
class Way:
    """How a mail leaves: through `account`, or the server of the program; `home` is where answers come back."""

    account: MailAccount | None
    home: MailAccount | None


@transaction.atomic
def email_send(
    *,
    actor: User,
    customer: Customer,
    to: str,
    subject: str,
    text: str,
    about: models.Model | None = None,
    files: Sequence[MailFile] = (),
    thread: MailThread | None = None,
    account: MailAccount | None = None,
    key: str,
    cc: Sequence[str] = (),
    delay: timedelta = timedelta(0),
) -> EmailMessage:
    """Write a mail to a customer or to people of theirs; it stands on the records of all whom it is sent to.

    The same `key` again returns the mail that was written first. `delay` is the time in which it may be taken back.
    Raises ValidationError for an address that is not the customer's, Http404 for what the sender may not see.
    """
    require(actor, "contacts.create_interaction")
    require(actor, "contacts.view_customer", customer)
    about_check(actor, about_columns(about), customer)
    sent = EmailMessage.objects.filter(outgoing__key=key).first()
    if sent is not None:
        return sent
    receivers = checked_receivers(actor, customer, [to, *cc])
    check_words(subject, text)
    way = way_of(actor, account, thread)
    place = conversation(way, thread, subject, actor)
    mail = mail_enqueue(
        to=receivers[0],
        cc=receivers[1:],
        subject=subject,
        text=text,
        html=as_html(text),
        kind=KIND,
        key=key,
        actor=actor,
        sender_name=actor.name,
        reply_to="" if place else actor.email,
        thread=place,
        by_program=way.account is None,
        files=files,
        delay=delay,
    )
    message = keep_sent(mail, actor, files)
    known = points_near(actor, customer).filter(value__in=receivers)
    readers = {customer.pk, *known.values_list("customer_id", flat=True)}
    write_entries(message, Customer.objects.filter(pk__in=readers), actor, about_columns(about))
    index(message)
    return message


def checked_receivers(actor: User, customer: Customer, texts: Sequence[str]) -> list[str]:
    """Normalised, each once, the first one first. Raises ValidationError for an address that is not theirs."""
    if customer.deleted_at:
        raise Http404
    wanted = list(dict.fromkeys(normal_email(text) for text in texts if text.strip()))
    known = set(points_near(actor, customer).filter(value__in=wanted).values_list("value", flat=True))
    strange = [address for address in wanted if address not in known]
    if not wanted:
        raise ValidationError({"to": _("Choose whom to write to.")})
    if strange:
        text = _("%(address)s is no address of %(name)s. Add it to the record first.")
        raise ValidationError({"to": text % {"address": ", ".join(strange[:3]), "name": customer}})
    if len(wanted) > MOST_RECEIVERS:
        raise ValidationError({"to": _("A mail goes to at most %d people.") % MOST_RECEIVERS})
    return wanted


def check_words(subject: str, text: str) -> None:
    """What a template left open is written by a person, never sent as it is."""
    if not subject.strip():
        raise ValidationError({"subject": _("Write a subject.")})
    if not text.strip():
        raise ValidationError({"text": _("Write a text.")})
    for name, value, most in (("subject", subject, MOST_SUBJECT), ("text", text, MOST_TEXT)):
        if len(value) > most:
            raise ValidationError({name: _("At most %d characters.") % most})
        if gaps := gaps_in(value):
            raise ValidationError({name: _("Fill in first: %s") % ", ".join(gaps[:5])})


def way_of(actor: User, account: MailAccount | None, thread: MailThread | None) -> Way:
    """The mailbox that was chosen, else that of the conversation, else one's own, else the program's server.

    Raises Http404 for somebody else's mailbox, ValidationError for one that cannot send.
    """
    if account is not None:
        if account.owner_id not in (None, actor.pk):
            raise Http404
        if not can_send(account):
            raise ValidationError(
                {"account": _("This mailbox cannot send: it has no server to send through.")}
            )
        return Way(account, account)
    begun = thread.account if thread else None
    if begun is not None and begun.owner_id in (None, actor.pk) and can_send(begun):
        return Way(begun, begun)
    own = next(
        (one for one in MailAccount.objects.filter(owner=actor, is_active=True) if can_send(one)), None
    )
    if own is not None:
        return Way(own, own)
    company = list(MailAccount.objects.company().filter(is_active=True).order_by("pk"))
    through = next((one for one in company if can_send(one)), None)
    if through is not None and not is_set_up():
        return Way(through, through)
    is_companys = begun is not None and begun.owner_id is None
    return Way(None, begun if is_companys else next(iter(company), None))


def can_send(account: MailAccount) -> bool:
    return bool(account.is_active and account.smtp_host and account.secret)


def conversation(way: Way, thread: MailThread | None, subject: str, actor: User) -> MailThread | None:
    """The conversation in the mailbox that answers come back to; from another mailbox it is carried on there.

    Raises Http404 for a conversation of which the writer may see no mail.
    """
    if thread is not None and not EmailMessage.objects.filter(thread=thread).visible_to(actor).exists():
        raise Http404
    if way.home is None:
        return None
    if thread is not None and thread.account_id == way.home.pk:
        return thread
    place = MailThread.objects.create(account=way.home, subject=" ".join(subject.split())[:500])
    if thread is not None:
        known = list(thread.message_ids.order_by("-pk").values_list("message_id", flat=True)[:REFERENCES])
        rows = [ThreadMessageId(thread=place, account=way.home, message_id=one) for one in known[::-1]]
        ThreadMessageId.objects.bulk_create(rows, ignore_conflicts=True)
        MailThread.objects.filter(pk=place.pk).update(participants=thread.participants)
        place.participants = thread.participants
    return place


def keep_sent(mail: OutgoingMail, actor: User, files: Sequence[MailFile]) -> EmailMessage:
    own = mail.account.address if mail.account else parseaddr(settings.DEFAULT_FROM_EMAIL)[1]
    kept = [{"file": file.file, "name": file.name, "content_type": file.type} for file in files]
    return EmailMessage.objects.create(
        direction=Direction.OUTGOING,
        outgoing=mail,
        thread=mail.thread,
        account=mail.account,
        message_id=mail.message_id,
        sender=own.lower(),
        sender_name=actor.name,
        to=[{"email": mail.to, "name": ""}],
        cc=[{"email": address, "name": ""} for address in mail.cc],
        subject=mail.subject,
        text=mail.text,
        files=kept,
        happened_at=timezone.now(),
    )


def write_entries(
    message: EmailMessage,
    customers: Any,
    actor: User | None,
    spoken_of: dict[str, Any],
    by: User | None = None,
) -> list[Interaction]:
    """One entry for each customer, in the caller's transaction; one that was taken off only a person (`by`) puts back.

    What no person wrote touches nothing: neither clocks of deals nor automations hear of it as of an answer.
    """
    entries = []
    for customer in customers:
        entry, is_new = Interaction.objects.get_or_create(
            email=message, customer=customer, defaults=entry_values(message, customer, actor) | spoken_of
        )
        if by and entry.deleted_at:
            entry = write_restoration(actor=by, obj=entry, action="contacts.interaction.restore")
        entries.append(entry)
        told = {"kind": entry.kind, "direction": entry.direction, "summary": entry.summary}
        heard = message.is_ours or message.is_answer
        if is_new and heard:
            record(actor=actor, action=CREATED, obj=entry, after=told)
        elif is_new:
            record(actor=actor, action="contacts.emailmessage.receive", obj=message, after=told)
    return entries


def entry_values(message: EmailMessage, customer: Customer, actor: User | None) -> dict[str, Any]:
    summary = plain(message.subject) or _("(no subject)")
    return {
        "kind": InteractionKind.EMAIL,
        "direction": message.direction,
        "happened_at": message.happened_at,
        "actor": actor,
        "owner": actor or customer.owner,
        "team": default_team(actor) if actor else customer.team,
        "summary": summary if len(summary) <= 200 else summary[:199] + "…",
        "body": plain(preview(message.text)),
    }


@transaction.atomic
def email_take_back(*, actor: User, message: EmailMessage) -> EmailMessage:
    """Undo a sending while the mail still waits: it does not leave, and stands on no record.

    Raises ValidationError when it is too late.
    """
    require(actor, "contacts.create_interaction")
    if message.outgoing is None:
        raise Http404
    outgoing_take_back(actor=actor, mail=message.outgoing)
    for entry in message.entries.filter(deleted_at=None):
        write_deletion(actor=actor, obj=entry, action="contacts.interaction.delete")
    return message


@transaction.atomic
def email_send_again(*, actor: User, message: EmailMessage) -> EmailMessage:
    """Try a mail of one's own again that failed or came back. Raises ValidationError."""
    require(actor, "contacts.create_interaction")
    if message.outgoing is None or not message.entries.filter(deleted_at=None).exists():
        raise Http404
    outgoing_send_again(actor=actor, mail=message.outgoing)
    return message


@transaction.atomic
def email_remove(*, actor: User, entry: Interaction) -> Interaction:
    """Take a mail off a record it does not belong on. Off the last one, its mailbox ignores it; undone by put back."""
    require(actor, "contacts.view_customer", entry.customer)
    require(actor, "contacts.delete_interaction", entry)
    write_deletion(actor=actor, obj=entry, action="contacts.interaction.delete")
    settle_incoming(entry, Outcome.IGNORED)
    return entry


@transaction.atomic
def email_put_back(*, actor: User, entry: Interaction) -> Interaction:
    require(actor, "contacts.view_customer", entry.customer)
    require(actor, "contacts.restore_interaction", entry)
    write_restoration(actor=actor, obj=entry, action="contacts.interaction.restore")
    settle_incoming(entry, Outcome.MATCHED)
    return entry


def settle_incoming(entry: Interaction, outcome: Outcome) -> None:
    """What the reconciliation says of a mail that came in follows whether a record has it."""
    message = entry.email
    if message is None or message.is_ours or message.incoming is None:
        return
    if outcome == Outcome.IGNORED and message.entries.filter(deleted_at=None).exists():
        return
    same = Q(pk=message.incoming.pk)
    if message.message_id:
        same |= Q(message_id=message.message_id, sender=message.sender, text=message.text)
    IncomingMail.objects.filter(same).update(outcome=outcome, ignored_by=None)
