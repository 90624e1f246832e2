"""The mailbox of the fictional company: mails of the last months on records, some that belong nowhere yet."""

import hashlib
from datetime import datetime, timedelta
from email.message import EmailMessage as Written
from email.utils import format_datetime
from random import Random

from django.conf import settings
from django.utils import timezone

from contacts.choices import Direction, InteractionKind, PointKind, Sharing
from contacts.demo import words
from contacts.models import ContactPoint, EmailMessage, EmailSignature, EmailTemplate, Interaction
from crm.company.selectors import company, company_day
from crm.mail.choices import JoinedBy, Outcome, OutgoingState, RawState
from crm.mail.models import IncomingMail, MailAccount, MailPlace, MailThread, MailUid, OutgoingMail, RawMail
from crm.search.services import index_many
from crm.staff.models import User
from crm.staff.selectors import root_team

MOST = 420
HOUSE = "sales@tenure.example"


def load(*, seed: int = 23) -> None:
    """Twice is once."""
    if MailAccount.objects.exists():
        return
    random = Random(seed)  # noqa: S311 - the same company every time, nothing secret
    account = MailAccount.objects.create(
        name="Sales", address=HOUSE, imap_host="imap.tenure.example", smtp_host="",
        since_on=company_day() - timedelta(days=400),
    )  # fmt: skip
    place = MailPlace.objects.create(account=account, folder="INBOX", uid_validity=1)
    texts()
    history(random, account)
    strangers(random, account)
    lay_in(place)


def texts() -> None:
    people = list(User.objects.filter(is_active=True).order_by("pk"))
    rows = [EmailSignature(user=user, text=f"Kind regards\n{user.name}\n{company().name}") for user in people]
    EmailSignature.objects.bulk_create(rows, ignore_conflicts=True)
    for position, (name, subject, text) in enumerate(words.TEMPLATES, 1):
        EmailTemplate.objects.create(
            name=name, subject=subject, text=text, sharing=Sharing.ALL, owner=people[0], team=root_team(),
            position=position,
        )  # fmt: skip


def history(random: Random, account: MailAccount) -> None:
    """The newest mails of the timeline become whole ones."""
    entries = list(
        Interaction.objects.filter(kind=InteractionKind.EMAIL, email=None, deleted_at=None)
        .select_related("customer", "actor")
        .order_by("-happened_at", "-pk")[: MOST * 2]
    )
    points = dict(
        ContactPoint.objects.filter(
            kind=PointKind.EMAIL, customer__in={entry.customer_id for entry in entries}
        ).values_list("customer_id", "value")
    )
    known = [entry for entry in entries if entry.customer_id in points][:MOST]
    known.reverse()
    threads = MailThread.objects.bulk_create(
        [
            MailThread(
                account=account,
                subject=entry.summary,
                participants=sorted((HOUSE, points[entry.customer_id])),
                started_at=entry.happened_at,
            )
            for entry in known
        ]
    )
    came = [one for one in zip(known, threads, strict=True) if one[0].direction == Direction.INCOMING]
    left = [one for one in zip(known, threads, strict=True) if one[0].direction != Direction.INCOMING]
    incoming(account, came, points)
    outgoing(random, left, points)


Pairs = list[tuple[Interaction, MailThread]]


def incoming(account: MailAccount, came: Pairs, points: dict[int, str]) -> None:
    contents = [
        letter(points[entry.customer_id], entry.customer.name, entry.summary, entry.body, entry.happened_at, number)
        for number, (entry, _thread) in enumerate(came)
    ]  # fmt: skip
    raws = RawMail.objects.bulk_create(
        [
            raw_mail(account, content, entry.happened_at)
            for content, (entry, _thread) in zip(contents, came, strict=True)
        ]
    )
    mails = IncomingMail.objects.bulk_create(
        [
            IncomingMail(
                raw=raw, account=account, thread=thread, joined_by=JoinedBy.NEW,
                message_id=f"<demo.{raw.pk}@customers.example>", sender=points[entry.customer_id],
                sender_name=entry.customer.name, to=[{"email": HOUSE, "name": ""}], subject=entry.summary,
                text=entry.body or entry.summary, sent_at=entry.happened_at, arrived_at=entry.happened_at,
                outcome=Outcome.MATCHED,
            )
            for raw, (entry, thread) in zip(raws, came, strict=True)
        ]
    )  # fmt: skip
    messages = EmailMessage.objects.bulk_create(
        [
            EmailMessage(
                direction=Direction.INCOMING, incoming=mail, thread=mail.thread, account=account,
                message_id=mail.message_id, sender=mail.sender, sender_name=mail.sender_name, to=mail.to,
                subject=mail.subject, text=mail.text, happened_at=mail.arrived_at,
            )
            for mail in mails
        ]
    )  # fmt: skip
    keep([entry for entry, _thread in came], messages)


def outgoing(random: Random, left: Pairs, points: dict[int, str]) -> None:
    sent = OutgoingMail.objects.bulk_create(
        [
            OutgoingMail(
                key=f"demo:{entry.pk}", kind="email", to=points[entry.customer_id], subject=entry.summary,
                text=entry.body or entry.summary, sender_name=entry.actor.name if entry.actor else "",
                message_id=f"<{random.randbytes(16).hex()}@{settings.MAIL_DOMAIN}>", actor=entry.actor, thread=thread,
                state=OutgoingState.BOUNCED if number % 41 == 40 else OutgoingState.SENT,
                reason="550 No such user here" if number % 41 == 40 else "",
                due_at=entry.happened_at, sent_at=entry.happened_at, attempts=1,
            )
            for number, (entry, thread) in enumerate(left)
        ]
    )  # fmt: skip
    messages = EmailMessage.objects.bulk_create(
        [
            EmailMessage(
                direction=Direction.OUTGOING, outgoing=mail, thread=mail.thread, message_id=mail.message_id,
                sender=HOUSE, sender_name=mail.sender_name, to=[{"email": mail.to, "name": entry.customer.name}],
                subject=mail.subject, text=mail.text, happened_at=entry.happened_at,
            )
            for mail, (entry, _thread) in zip(sent, left, strict=True)
        ]
    )  # fmt: skip
    keep([entry for entry, _thread in left], messages)
    bounced = {mail.to for mail in sent if mail.state == OutgoingState.BOUNCED}
    ContactPoint.objects.filter(kind=PointKind.EMAIL, value__in=bounced).update(is_bounced=True)


def keep(entries: list[Interaction], messages: list[EmailMessage]) -> None:
    index_many(messages)
    for entry, message in zip(entries, messages, strict=True):
        entry.email = message
    Interaction.objects.bulk_update(entries, ["email"])


def strangers(random: Random, account: MailAccount) -> None:
    """Mails of people whom no record knows."""
    for number, (address, name, subject, text, is_automatic) in reversed(list(enumerate(words.STRANGERS))):
        at = timezone.now() - timedelta(hours=3 + 17 * number + random.randrange(9))
        content = letter(address, name, subject, text, at, 10_000 + number)
        raw = raw_mail(account, content, at)
        raw.save()
        IncomingMail.objects.create(
            raw=raw, account=account, thread=MailThread.objects.create(account=account, subject=subject),
            joined_by=JoinedBy.NEW, message_id=f"<demo.{raw.pk}@strangers.example>", sender=address,
            sender_name=name, to=[{"email": HOUSE, "name": ""}], subject=subject, text=text, sent_at=at,
            arrived_at=at, is_automatic=is_automatic,
            outcome=Outcome.IGNORED if address.startswith("newsletter@") else Outcome.UNMATCHED,
        )  # fmt: skip
    broken = raw_mail(account, b"Message-ID: <>\r\n\r\n", timezone.now() - timedelta(days=2))
    broken.state, broken.reason = RawState.QUARANTINED, "It has too many parts."
    broken.save()


def letter(address: str, name: str, subject: str, text: str, at: datetime, number: int) -> bytes:
    mail = Written()
    mail["From"] = f'"{name}" <{address}>'.replace("\n", " ")
    mail["To"] = HOUSE
    mail["Subject"] = subject
    mail["Date"] = format_datetime(at)
    mail["X-Number"] = str(number)
    mail.set_content(text or subject)
    return mail.as_bytes()


def raw_mail(account: MailAccount, content: bytes, at: datetime) -> RawMail:
    digest = hashlib.sha256(content).hexdigest()
    return RawMail(
        account=account, sha256=digest, content=content, size=len(content), state=RawState.READ, arrived_at=at
    )  # fmt: skip


def lay_in(place: MailPlace) -> None:
    """Every mail lies in the folder, as the server said when it was asked an hour ago."""
    pks = list(RawMail.objects.filter(account=place.account).order_by("pk").values_list("pk", flat=True))
    MailUid.objects.bulk_create([MailUid(place=place, uid=uid, raw_id=pk) for uid, pk in enumerate(pks, 1)])
    place.last_uid, place.on_server = len(pks), len(pks)
    place.counted_at = timezone.now() - timedelta(minutes=40)
    place.save()
    MailAccount.objects.filter(pk=place.account_id).update(succeeded_at=timezone.now())
