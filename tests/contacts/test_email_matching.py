"""Mails that come in: on the records they belong to, once, and on no others."""

from collections.abc import Callable
from typing import Any

import pytest
from django.http import Http404

from contacts.models import ContactPoint, Customer, EmailMessage, Interaction
from contacts.services.customer import customer_create
from contacts.services.email import email_send
from contacts.services.email_reconciling import mail_ignore, mail_put, mail_unignore, mails_match
from contacts.services.points import point_create
from crm.jobs.models import Job
from crm.mail.addresses import drop_address
from crm.mail.models import IgnoredSender, IncomingMail, MailAccount, OutgoingMail
from crm.mail.services.fetching import raw_store
from crm.mail.services.receiving import mail_read
from crm.notifications.models import Notification
from crm.staff.models import User

ADA = "ada@lindqvist.example"
REP = "rep@tenure.example"
heard: list[tuple[EmailMessage, list[Interaction]]] = []


def listener(message: EmailMessage, entries: list[Interaction]) -> None:
    heard.append((message, entries))


@pytest.fixture(autouse=True)
def _listening(settings: Any) -> None:
    heard.clear()
    settings.EMAIL_LISTENERS = ["tests.contacts.test_email_matching.listener"]
    settings.MAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"


@pytest.fixture
def ada(rep: User) -> Customer:
    values = {"kind": "person", "name": "Ada Lindqvist", "owner": rep}
    return customer_create(actor=rep, values=values, email=ADA)


def mailbox(owner: User | None = None, address: str = "sales@tenure.example") -> MailAccount:
    return MailAccount.objects.create(
        name=address, address=address, imap_host="x", since_on="2026-01-01", owner=owner
    )


def receive(
    account: MailAccount, *, sender: str = ADA, to: str = "sales@tenure.example", **more: str
) -> IncomingMail:
    headers = {"From": sender, "To": to, "Subject": "Beans", "Message-ID": "<a1@lindqvist.example>"}
    text = more.pop("text", "Hello")
    headers |= {name.replace("_", "-"): value for name, value in more.items()}
    content = "\r\n".join(f"{name}: {value}" for name, value in headers.items()) + f"\r\n\r\n{text}"
    raw = raw_store(account=account, content=content.encode())
    assert raw is not None
    mail_read(raw.pk)
    return IncomingMail.objects.get(raw=raw)


def test_a_mail_comes_onto_the_record_of_its_sender_and_the_owner_is_told(rep: User, ada: Customer) -> None:
    mail = receive(mailbox())
    entry = Interaction.objects.get()
    assert (entry.customer, entry.direction, entry.summary, entry.email.incoming) == (
        ada,
        "in",
        "Beans",
        mail,
    )
    assert mail.outcome == "matched"
    assert [(message.pk, entries) for message, entries in heard] == [(entry.email_id, [entry])]
    assert Notification.objects.get(kind="email_reply").user == rep


def test_the_same_mail_in_two_mailboxes_is_one(ada: Customer, rep: User) -> None:
    receive(mailbox())
    receive(mailbox(rep, REP), X_Way="2")
    assert EmailMessage.objects.count() == Interaction.objects.count() == len(heard) == 1
    assert set(IncomingMail.objects.values_list("outcome", flat=True)) == {"matched"}


def test_an_answer_stands_where_the_conversation_stands(rep: User, ada: Customer) -> None:
    box = mailbox()
    house = customer_create(actor=rep, values={"kind": "organisation", "name": "Lindqvist AB"})
    Customer.objects.filter(pk=ada.pk).update(organisation=house)
    email_send(actor=rep, customer=house, to=ADA, subject="Hi", text="Hi", key="k")
    sent = OutgoingMail.objects.get()
    receive(box, to=sent.reply_to, In_Reply_To=sent.message_id)
    got = Interaction.objects.filter(direction="in").values_list("customer__name", flat=True)
    assert set(got) == {"Lindqvist AB", "Ada Lindqvist"}


def test_a_stranger_in_a_conversation_is_not_put_on_its_record(rep: User, ada: Customer) -> None:
    box = mailbox()
    email_send(actor=rep, customer=ada, to=ADA, subject="Hi", text="Hi", key="k")
    mail = receive(box, sender="eve@elsewhere.example", In_Reply_To=OutgoingMail.objects.get().message_id)
    assert mail.outcome == "unmatched"
    assert not Interaction.objects.filter(direction="in").exists()


def test_a_blind_copy_to_the_drop_address_is_a_mail_of_ours(rep: User, ada: Customer) -> None:
    box = mailbox()
    receive(box, sender=REP, to=ADA, Delivered_To=drop_address(box.address, rep.pk))
    entry = Interaction.objects.get()
    assert (entry.direction, entry.actor, entry.customer) == ("out", rep, ada)
    assert heard == []


def test_who_only_says_to_be_one_of_us_is_not_believed(rep: User, ada: Customer) -> None:
    mail = receive(mailbox(), sender=REP, to=ADA)
    assert (mail.outcome, Interaction.objects.count()) == ("unmatched", 0)
    other = receive(
        mailbox(address="b@tenure.example"), sender=ADA, to=drop_address("b@tenure.example", rep.pk)
    )
    assert other.outcome == "matched"  # whoever answers to all is a customer like any other


OUTLOOK = (
    "FYI\n\nVon: Ada Lindqvist <Ada@Lindqvist.example>\nGesendet: Montag, 2. November 2026 09:14\nAn: Rep\n"
    "Betreff: Bohnen\n\nGuten Tag"
)
GMAIL = (
    "---------- Forwarded message ---------\nFrom: Ada Lindqvist <ada@lindqvist.example>\n"
    "Date: Mon, 2 Nov 2026 09:14:00 +0100\nSubject: Bohnen\nTo: <rep@tenure.example>\n\n\nGuten Tag"
)
APPLE = (
    "Begin forwarded message:\n\n> From: Ada Lindqvist <ada@lindqvist.example>\n> Subject: Bohnen\n"
    "> Date: 2 November 2026 at 09:14:00 CET\n> To: rep@tenure.example\n> \n> Guten Tag"
)


@pytest.mark.parametrize(
    ("subject", "text"), [("WG: Bohnen", OUTLOOK), ("Fwd: Bohnen", GMAIL), ("Fwd: Bohnen", APPLE)]
)
def test_a_forwarded_mail_is_that_of_its_first_sender(
    rep: User, ada: Customer, subject: str, text: str
) -> None:
    box = mailbox()
    receive(box, sender=REP, to=drop_address(box.address, rep.pk), Subject=subject, text=text)
    message = EmailMessage.objects.get()
    assert (message.direction, message.sender, message.subject, message.text) == (
        "in",
        ADA,
        "Bohnen",
        "Guten Tag",
    )
    assert Interaction.objects.get().customer == ada


def test_our_own_mail_that_is_read_again_is_not_stored_twice(rep: User, ada: Customer) -> None:
    box = mailbox()
    message = email_send(actor=rep, customer=ada, to=ADA, subject="Hi", text="Hi", key="k")
    mail = receive(
        box, sender=message.sender, to=ADA, text="Hi", Message_ID=OutgoingMail.objects.get().message_id
    )
    assert (mail.outcome, EmailMessage.objects.count(), Interaction.objects.count()) == ("matched", 1, 1)


def test_a_mail_that_comes_back_marks_the_address(rep: User, ada: Customer) -> None:
    box = mailbox()
    email_send(actor=rep, customer=ada, to=ADA, subject="Hi", text="Hi", key="k")
    OutgoingMail.objects.update(state="sent")
    sent = OutgoingMail.objects.get()
    text = (
        "--b\r\nContent-Type: text/plain\r\n\r\nNo.\r\n"
        f"--b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: {sent.message_id}\r\n--b--"
    )
    receive(
        box,
        sender="mailer-daemon@mx.example",
        Content_Type="multipart/report; report-type=delivery-status; boundary=b",
        text=text,
    )
    sent.refresh_from_db()
    assert (sent.state, ContactPoint.objects.get().is_bounced) == ("bounced", True)
    message, _entries = heard[0]
    assert (message.is_bounce, message.is_answer) == (True, False)
    assert not Notification.objects.filter(kind="email_reply").exists()


def test_what_a_person_matches_takes_the_others_of_the_address_along(admin: User, rep: User) -> None:
    box = mailbox()
    first = receive(box)
    receive(box, Message_ID="<a2@lindqvist.example>")
    house = customer_create(actor=rep, values={"kind": "organisation", "name": "Lindqvist AB"})
    mail_put(actor=admin, mail=first, customer=house, keep_address=True)
    assert mails_match(house.pk) == 1
    assert mails_match(house.pk) == 0
    assert Interaction.objects.filter(customer=house, direction="in").count() == 2


def test_an_ignored_address_stays_away_until_it_is_taken_back(admin: User, ada: Customer) -> None:
    box = mailbox()
    mail = receive(box, sender="x@spam.example")
    mail_ignore(actor=admin, mail=mail, value="spam.example")
    other = receive(box, sender="y@spam.example", Message_ID="<a2@spam.example>")
    assert other.outcome == "ignored"
    mail_unignore(actor=admin, mail=other)
    assert set(IncomingMail.objects.values_list("outcome", flat=True)) == {"unmatched"}
    assert not IgnoredSender.objects.exists()


def test_a_mail_of_somebodys_own_mailbox_is_nobody_elses(
    rep: User, admin: User, ada: Customer, unchanged: Callable[[], None]
) -> None:
    mail = receive(mailbox(rep, REP), sender="friend@home.example")
    unchanged()
    with pytest.raises(Http404):
        mail_put(actor=admin, mail=mail, customer=ada, keep_address=False)
    unchanged()


def test_an_address_that_is_added_to_a_record_brings_its_mails(rep: User) -> None:
    receive(mailbox(), sender="bo@lindqvist.example")
    ada = customer_create(actor=rep, values={"kind": "person", "name": "Ada"}, email=ADA)
    assert not Job.objects.filter(name="contacts.match_mails").exists()
    point_create(actor=rep, customer=ada, kind="email", text="Bo@Lindqvist.example")
    job = Job.objects.get(name="contacts.match_mails")
    assert mails_match(job.key or 0) == 1
    assert Interaction.objects.get().customer == ada
