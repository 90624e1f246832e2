"""What a mail that came in says for a record, and who of us stands behind it."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from email import message_from_bytes
from email.utils import parseaddr, parsedate_to_datetime

from django.conf import settings
from django.db.models import Q
from django.utils import timezone

from contacts.choices import Direction
from contacts.email_texts import forwarded, is_forward
from crm.mail.addresses import read_drop_address, read_thread_address
from crm.mail.models import IncomingMail, MailAccount
from crm.mail.services.drops import drop_number
from crm.staff.models import User

#: a mail is on its way for so long; what gives an earlier moment has a wrong clock
LONGEST_WAY = timedelta(days=7)


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


def own_addresses(addresses: Iterable[str], owner: User | None) -> set[str]:
    """Those of them that are ours: of people here, of mailboxes, of the program, and signed ones of mailboxes.

    What somebody says is the address of their own mailbox counts in that mailbox alone (`owner`).
    """
    asked = {address.lower() for address in addresses}
    own = set(User.objects.filter(email__in=asked).values_list("email", flat=True))
    kept = MailAccount.objects.filter(Q(owner=None) | Q(owner=owner))
    boxes = {address.lower() for address in kept.values_list("address", flat=True)}
    boxes.add(parseaddr(settings.DEFAULT_FROM_EMAIL)[1].lower())
    signed = {one for one in asked if read_drop_address(one) or read_thread_address(one)}
    return own | (asked & boxes) | signed


def letter_of(mail: IncomingMail) -> Letter:
    """What the mail says, taken at its word: for a person who decides."""
    ours = bool(own_addresses({mail.sender}, mail.account.owner))
    return Letter(
        direction=Direction.OUTGOING if ours else Direction.INCOMING,
        sender=mail.sender,
        sender_name=mail.sender_name,
        to=mail.to,
        cc=mail.cc,
        subject=mail.subject,
        text=mail.text,
        html=mail.html,
        happened_at=happened(mail),
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
    if inside and not own_addresses({inside.sender}, mail.account.owner):
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
    return is_forward(mail.subject) and addressed == own_addresses(addressed, mail.account.owner)


def happened(mail: IncomingMail) -> datetime:
    """What its sender says, unless that lies long before it came."""
    if mail.raw.is_sent:
        return plausible(mail.sent_at, mail.arrived_at)
    came = plausible(received(mail), mail.arrived_at)
    at = plausible(mail.sent_at, came)
    return at if at >= came - LONGEST_WAY else came


def plausible(at: datetime | None, arrived: datetime) -> datetime:
    """The moment that a mail gives for itself, unless it lies in the future."""
    return min(at, arrived, timezone.now()) if at else arrived


def received(mail: IncomingMail) -> datetime | None:
    """When our own server took it: its line is the first one. A mailbox may be read long after that."""
    line = str(message_from_bytes(head_of(mail)).get("Received", ""))
    try:
        at = parsedate_to_datetime(line.rpartition(";")[2].strip())
    except ValueError:
        return None
    return at if at.tzinfo else None


def head_of(mail: IncomingMail) -> bytes:
    return bytes(mail.raw.content)[:65_536].replace(b"\r\n", b"\n").partition(b"\n\n")[0]


def handed_on_by(mail: IncomingMail) -> User | None:
    """Who of us sent it here: the owner of the folder of sent mails it lies in, or whose secret address it was sent to.

    That it says to come from the owner of the mailbox proves nothing: everybody can write that.
    """
    if mail.account.owner and mail.raw.is_sent:
        return mail.account.owner
    told = (*mail.to, *mail.cc, *({"email": address} for address in delivered_to(mail)))
    for person in told:
        pk, number = read_drop_address(person["email"]) or (0, 0)
        user = User.objects.filter(pk=pk, is_active=True).first() if pk else None
        if user and mail.sender in own_senders(user) and number == drop_number(user):
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
    return [found.decode("latin-1").lower() for found in DELIVERED.findall(head_of(mail))[:20]]
