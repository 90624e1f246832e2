"""Putting mails that come in on the records they belong to (MAIL_RECEIVERS), each once however many ways it came."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from email.utils import parseaddr
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.module_loading import import_string

from contacts.choices import Direction, PointKind
from contacts.email_notices import reply_tell
from contacts.email_texts import forwarded, is_forward
from contacts.models import ContactPoint, Customer, EmailMessage, Interaction
from contacts.services.email import write_entries
from crm.audit.services import record
from crm.mail.addresses import read_drop_address, read_thread_address
from crm.mail.choices import Outcome
from crm.mail.models import IgnoredSender, IncomingMail, MailAccount, OutgoingMail
from crm.search.services import index
from crm.staff.models import User

#: a mail stands on so many records at most
MOST = 50
MESSAGE_ID = re.compile(rb"<[^<>\s]{3,250}>")
FAILED_RECEIVER = re.compile(
    rb"(?im)^(?:final|original)-recipient:\s*(?:rfc822\s*;)?\s*<?([^\s<>;]{3,320}@[^\s<>;]{1,255})>?"
)


@dataclass(frozen=True)
class Letter:
    """What a mail says for a record: who wrote to whom; of a forwarded mail that is the one inside."""

    direction: str
    sender: str
    sender_name: str
    to: list[dict[str, str]]
    cc: list[dict[str, str]]
    subject: str
    text: str
    html: str
    happened_at: datetime
    message_id: str
    user: User | None = None  # who wrote it, or handed it on
    is_forward: bool = False

    @property
    def others(self) -> set[str]:
        """The addresses outside of our house that it concerns."""
        if self.direction == Direction.INCOMING:
            return {self.sender}
        return {person["email"] for person in (*self.to, *self.cc)}


def mail_match(mail: IncomingMail) -> None:
    """In the transaction of its reading: on the records of whom it concerns, else it stays to be matched by hand."""
    if comes_back(mail):
        return
    letter = read_letter(mail)
    rule = rule_for(mail, letter) if letter else None
    if rule:
        settle(mail, Outcome.IGNORED, rule)
    elif letter:
        customers, spoken_of = concerned(mail, letter)
        if customers:
            email_store(mail, letter, customers, spoken_of)


def settle(mail: IncomingMail, outcome: Outcome, rule: IgnoredSender | None = None) -> None:
    mail.outcome, mail.ignored_by = outcome, rule
    mail.save(update_fields=["outcome", "ignored_by"])


def comes_back(mail: IncomingMail) -> bool:
    """A mail that left here and is read again, in a folder of sent mails or as a copy: known by its Message-ID."""
    sent = OutgoingMail.objects.filter(message_id=mail.message_id).first() if mail.message_id else None
    if sent is None or not own_addresses({mail.sender}):
        return False
    known = EmailMessage.objects.filter(outgoing=sent).first()
    if known is None:  # an invitation, a digest
        settle(mail, Outcome.IGNORED)
        return True
    link(mail, known)
    return True


def link(mail: IncomingMail, known: EmailMessage) -> None:
    if known.incoming_id is None:
        EmailMessage.objects.filter(pk=known.pk, incoming=None).update(incoming=mail)
    settle(mail, Outcome.MATCHED)


def own_addresses(addresses: Iterable[str]) -> set[str]:
    """Those of them that are ours: of people here, of mailboxes, of the program, and signed ones of mailboxes."""
    asked = {address.lower() for address in addresses}
    own = set(User.objects.filter(email__in=asked).values_list("email", flat=True))
    boxes = {address.lower() for address in MailAccount.objects.values_list("address", flat=True)}
    boxes.add(parseaddr(settings.DEFAULT_FROM_EMAIL)[1].lower())
    signed = {one for one in asked if read_drop_address(one) or read_thread_address(one)}
    return own | (asked & boxes) | signed


def letter_of(mail: IncomingMail) -> Letter:
    """What the mail says, taken at its word: for a person who decides."""
    ours = bool(own_addresses({mail.sender}))
    return Letter(
        direction=Direction.OUTGOING if ours else Direction.INCOMING,
        sender=mail.sender,
        sender_name=mail.sender_name,
        to=mail.to,
        cc=mail.cc,
        subject=mail.subject,
        text=mail.text,
        html=mail.html,
        happened_at=plausible(mail.sent_at, mail.arrived_at),
        message_id=mail.message_id,
        user=mail.account.owner if ours else None,
    )


def read_letter(mail: IncomingMail) -> Letter | None:
    """None for a mail that says it is ours without proof: anybody can write our addresses into a mail."""
    letter = letter_of(mail)
    if letter.direction == Direction.INCOMING:
        return letter if mail.sender else None
    user = handed_on_by(mail)
    if user is None and not mail.raw.is_sent:
        return None
    inside = forwarded(mail.text, mail.subject) if is_handed_on(mail) else None
    if inside and not own_addresses({inside.sender}):
        return replace(
            letter,
            direction=Direction.INCOMING,
            sender=inside.sender,
            sender_name=inside.name,
            subject=inside.subject,
            text=inside.text,
            html="",
            happened_at=plausible(inside.sent_at, letter.happened_at),
            user=user,
            is_forward=True,
        )
    return replace(letter, user=user or mail.account.owner)


def is_handed_on(mail: IncomingMail) -> bool:
    """Whether it was forwarded to nobody but us."""
    addressed = {person["email"] for person in (*mail.to, *mail.cc)}
    return is_forward(mail.subject) and addressed == own_addresses(addressed)


def plausible(at: datetime | None, arrived: datetime) -> datetime:
    """The moment that a mail gives for itself, unless it lies in the future."""
    return min(at, arrived, timezone.now()) if at else arrived


def handed_on_by(mail: IncomingMail) -> User | None:
    """Who of us sent it here: the owner of the mailbox, or whose secret address it was sent to."""
    if mail.account.owner and mail.sender in (mail.account.address.lower(), mail.account.owner.email.lower()):
        return mail.account.owner
    told = (*mail.to, *mail.cc, *({"email": address} for address in delivered_to(mail)))
    for person in told:
        pk = read_drop_address(person["email"])
        user = User.objects.filter(pk=pk, is_active=True).first() if pk else None
        if user and mail.sender in own_senders(user):
            return user
    return None


def own_senders(user: User) -> set[str]:
    boxes = MailAccount.objects.filter(owner=user).values_list("address", flat=True)
    return {user.email.lower(), *(address.lower() for address in boxes)}


DELIVERED = re.compile(
    rb"(?im)^(?:delivered-to|x-original-to|envelope-to|x-envelope-to):\s*<?([^\s<>]{3,320})>?"
)


def delivered_to(mail: IncomingMail) -> list[str]:
    """Where a blind copy was delivered: only the server that took it says so."""
    head = bytes(mail.raw.content)[:65_536].partition(b"\r\n\r\n")[0]
    return [found.decode("latin-1").lower() for found in DELIVERED.findall(head)[:20]]


def rule_for(mail: IncomingMail, letter: Letter) -> IgnoredSender | None:
    """The rule by which nobody wants this mail on a record."""
    names = {part for address in letter.others for part in (address, address.rpartition("@")[2])}
    return IgnoredSender.objects.filter(owner=mail.account.owner, value__in=names).first()


def concerned(mail: IncomingMail, letter: Letter) -> tuple[list[Customer], dict[str, Any]]:
    """Whose records it belongs on, and what it is about: those of its conversation, and of the addresses in it."""
    entries = known_entries(mail)
    wanted = {entry.customer_id for entry in entries}
    if letter.direction == Direction.OUTGOING or not mail.is_bounce:
        wanted |= customers_of(letter.others - own_addresses(letter.others))
    spoken_of = next((entry for entry in entries if entry.object_type), None)
    found = Customer.objects.alive().filter(pk__in=wanted).select_related("owner", "team").order_by("pk")
    about = {
        "object_type": spoken_of.object_type if spoken_of else "",
        "object_id": spoken_of.object_id if spoken_of else None,
    }
    return list(found[:MOST]), about


def known_entries(mail: IncomingMail) -> list[Interaction]:
    """The entries of the conversation so far, the newest first; a stranger who joins it is not trusted with it."""
    rows = Interaction.objects.filter(deleted_at=None, customer__deleted_at=None)
    if mail.is_bounce:
        return list(rows.filter(email__in=bounced(mail)))
    if mail.needs_review:
        return []
    ids = list(mail.thread.message_ids.order_by("-pk").values_list("message_id", flat=True)[:200])
    told = rows.filter(Q(email__thread=mail.thread_id) | Q(email__message_id__in=ids))
    return list(told.order_by("-happened_at", "-pk")[:200])


def customers_of(addresses: Iterable[str]) -> set[int]:
    points = ContactPoint.objects.filter(
        kind=PointKind.EMAIL, value__in=set(addresses), customer__deleted_at=None
    )
    return set(points.values_list("customer_id", flat=True)[:MOST])


@transaction.atomic
def email_store(
    mail: IncomingMail, letter: Letter, customers: list[Customer], spoken_of: dict[str, Any]
) -> EmailMessage:
    """The mail with an entry on each record; the same one that came another way before gets what it lacks."""
    message, is_new = message_of(mail, letter)
    known = set() if is_new else set(message.entries.values_list("customer_id", flat=True))
    actor = letter.user if letter.direction == Direction.OUTGOING else None
    entries = write_entries(message, customers, actor, spoken_of)
    if is_new:
        index(message)
    settle(mail, Outcome.MATCHED)
    fresh = [entry for entry in entries if entry.customer_id not in known]
    if message.is_bounce:
        note_bounce(mail, message)
    if fresh and not message.is_ours:
        reply_tell(message, fresh)
        for path in settings.EMAIL_LISTENERS:
            import_string(path)(message, fresh)
    return message


def message_of(mail: IncomingMail, letter: Letter) -> tuple[EmailMessage, bool]:
    found = EmailMessage.objects.filter(incoming=mail).first() or twin(letter)
    if found:
        return found, False
    try:
        with transaction.atomic():
            return message_create(mail, letter), True
    except IntegrityError:  # the same mail is read in another mailbox at this moment
        found = twin(letter)
        if found is None:
            raise
        return found, False


def twin(letter: Letter) -> EmailMessage | None:
    if not letter.message_id:
        return None
    return EmailMessage.objects.filter(message_id=letter.message_id, sender=letter.sender).first()


def message_create(mail: IncomingMail, letter: Letter) -> EmailMessage:
    return EmailMessage.objects.create(
        direction=letter.direction,
        incoming=mail,
        thread=None if letter.is_forward else mail.thread,
        account=mail.account,
        message_id=letter.message_id,
        sender=letter.sender,
        sender_name=letter.sender_name,
        to=letter.to,
        cc=letter.cc,
        subject=letter.subject,
        text=letter.text,
        html=letter.html,
        files=mail.files,
        is_automatic=mail.is_automatic and not letter.is_forward,
        is_bounce=mail.is_bounce,
        happened_at=letter.happened_at,
    )


def bounced(mail: IncomingMail) -> list[EmailMessage]:
    """The mails of ours that a report speaks of, by their Message-IDs; nobody else knows those."""
    named = {found.decode("latin-1") for found in MESSAGE_ID.findall(bytes(mail.raw.content))[:500]}
    rows = EmailMessage.objects.filter(direction=Direction.OUTGOING, message_id__in=named - {mail.message_id})
    return list(rows[:20])


def note_bounce(mail: IncomingMail, report: EmailMessage) -> None:
    """Mark the addresses that a mail of ours could not reach, where they stand on its records."""
    content = bytes(mail.raw.content)
    if re.search(rb"(?im)^action:\s*(?:delayed|relayed|delivered)", content):
        return
    told = {found.decode("latin-1").lower() for found in FAILED_RECEIVER.findall(content)}
    for message in bounced(mail):
        receivers = set(message.receivers)
        failed = told & receivers or (receivers if len(receivers) == 1 else set())
        points = ContactPoint.objects.filter(kind=PointKind.EMAIL, value__in=failed, is_bounced=False)
        for point in points.select_related("customer")[:MOST]:
            ContactPoint.objects.filter(pk=point.pk).update(is_bounced=True)
            after = {"email": point.shown}
            record(actor=None, action="contacts.customer.point_bounce", obj=point.customer, after=after)
