"""Putting mails that come in on the records they belong to (MAIL_RECEIVERS), each once however many ways it came."""

from collections.abc import Iterable
from email.utils import parseaddr
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils.module_loading import import_string

from contacts.choices import Direction, PointKind
from contacts.email_notices import reply_tell
from contacts.models import ContactPoint, Customer, EmailMessage, Interaction
from contacts.services.email import write_entries
from contacts.services.email_bounces import bounced, note_bounce
from contacts.services.email_letters import Letter, own_addresses, read_letter
from crm.mail.choices import Outcome
from crm.mail.models import IgnoredSender, IncomingMail, OutgoingMail
from crm.one_at_a_time import wait_for_turn
from crm.search.services import index
from crm.staff.models import User

#: a mail stands on so many records at most
MOST = 50


def mail_match(mail: IncomingMail, by: User | None = None) -> None:
    """In the transaction of its reading: on the records of whom it concerns, else it stays to be matched by hand.

    `by` is the person who asks for it again: then it also comes back to records that it was taken off.
    """
    if comes_back(mail):
        return
    letter = read_letter(mail)
    rule = rule_for(mail, letter) if letter else None
    if rule:
        settle(mail, Outcome.IGNORED, rule)
    elif letter:
        customers, spoken_of = concerned(mail, letter)
        if customers:
            email_store(mail, letter, customers, spoken_of, by)


def settle(mail: IncomingMail, outcome: Outcome, rule: IgnoredSender | None = None) -> None:
    mail.outcome, mail.ignored_by = outcome, rule
    mail.save(update_fields=["outcome", "ignored_by"])


def comes_back(mail: IncomingMail) -> bool:
    """A mail that left here and is read again, in a folder of sent mails or as a copy."""
    rows = OutgoingMail.objects.select_related("account")
    sent = rows.filter(message_id=mail.message_id).first() if mail.message_id else None
    if sent is None or not is_copy(mail, sent):
        return False
    known = EmailMessage.objects.filter(outgoing=sent).first()
    if known is None:  # an invitation, a digest
        settle(mail, Outcome.IGNORED)
        return True
    link(mail, known)
    return True


def is_copy(mail: IncomingMail, sent: OutgoingMail) -> bool:
    """Who received it knows its Message-ID and sender too, so its words have to agree."""
    own = sent.account.address if sent.account else parseaddr(settings.DEFAULT_FROM_EMAIL)[1]
    return mail.sender == own.lower() and words(mail.text) == words(sent.text)


def words(text: str) -> list[str]:
    """Servers on the way break lines anew."""
    return text.split()


def link(mail: IncomingMail, known: EmailMessage) -> None:
    if known.incoming_id is None:
        EmailMessage.objects.filter(pk=known.pk, incoming=None).update(incoming=mail)
    settle(mail, Outcome.MATCHED)


def rule_for(mail: IncomingMail, letter: Letter) -> IgnoredSender | None:
    """The rule by which nobody wants this mail on a record."""
    names = {part for address in letter.others for part in (address, address.rpartition("@")[2])}
    return IgnoredSender.objects.filter(owner=mail.account.owner, value__in=names).first()


def concerned(mail: IncomingMail, letter: Letter) -> tuple[list[Customer], dict[str, Any]]:
    """Whose records it belongs on, and what it is about: those of its conversation, and of the addresses in it.

    What comes into somebody's own mailbox is put on no record that its owner may not see.
    """
    entries = known_entries(mail)
    wanted = {entry.customer_id for entry in entries}
    if letter.direction == Direction.OUTGOING or not mail.is_bounce:
        wanted |= customers_of(letter.others - own_addresses(letter.others, mail.account.owner))
    spoken_of = next((entry for entry in entries if entry.object_type), None)
    found = Customer.objects.alive().filter(pk__in=wanted).select_related("owner", "team").order_by("pk")
    if mail.account.owner:
        found = found.visible_to(mail.account.owner)
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
    mail: IncomingMail,
    letter: Letter,
    customers: list[Customer],
    spoken_of: dict[str, Any],
    by: User | None = None,
) -> EmailMessage:
    """The mail with an entry on each record; the same one that came another way before gets what it lacks."""
    message, is_new = message_of(mail, letter)
    known = set() if is_new else set(message.entries.values_list("customer_id", flat=True))
    actor = letter.user if letter.direction == Direction.OUTGOING else None
    entries = write_entries(message, customers, actor, spoken_of, by)
    if is_new:
        index(message)
    stands = message.entries.filter(deleted_at=None).exists()
    settle(mail, Outcome.MATCHED if stands else Outcome.IGNORED)
    fresh = [entry for entry in entries if entry.customer_id not in known]
    if message.is_bounce:
        note_bounce(mail)
    if fresh and not message.is_ours:
        reply_tell(message, fresh)
        for path in settings.EMAIL_LISTENERS:
            import_string(path)(message, fresh)
    return message


def message_of(mail: IncomingMail, letter: Letter) -> tuple[EmailMessage, bool]:
    if letter.message_id:  # the same mail may be read in another mailbox at this moment
        wait_for_turn(f"email {letter.message_id}")
    found = EmailMessage.objects.filter(incoming=mail).first() or twin(mail, letter)
    return (found, False) if found else (message_create(mail, letter), True)


def twin(mail: IncomingMail, letter: Letter) -> EmailMessage | None:
    """The same mail that came another way. A Message-ID alone proves nothing: some programs use one for all mails."""
    if not letter.message_id:
        return None
    rows = EmailMessage.objects.filter(
        message_id=letter.message_id, sender=letter.sender, subject=letter.subject, html=letter.html
    )
    alike = (one for one in rows if words(one.text) == words(letter.text) and one.files == mail.files)
    return next(alike, None)


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
