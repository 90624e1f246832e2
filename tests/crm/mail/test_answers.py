"""Answers in a conversation: out through its mailbox, back by a signed address, and told when they come back unread."""

from collections.abc import Callable, Iterator
from email import message_from_bytes
from email.message import Message
from typing import Any

import pytest

from crm.mail.choices import OutgoingState
from crm.mail.models import IncomingMail, MailAccount, MailThread, OutgoingMail
from crm.mail.services import mail_enqueue
from crm.mail.services.accounts import keep_secret
from crm.mail.services.fetching import raw_store
from crm.mail.services.receiving import mail_read
from crm.mail.services.sending import outgoing_send, outgoing_sweep
from crm.staff.models import User
from tests.crm.mail.imap_server import PASSWORD, Mailbox
from tests.crm.mail.oauth_provider import oauth_provider
from tests.crm.mail.smtp_sink import SignedInSink, smtp_sink
from tests.crm.mail.test_oauth import connected

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.filterwarnings("ignore:Requiring AUTH"),
]
ADA = "ada@lindqvist.example"


@pytest.fixture
def sink() -> Iterator[tuple[SignedInSink, int]]:
    with smtp_sink(PASSWORD) as found:
        yield found


@pytest.fixture
def support(
    sink: tuple[SignedInSink, int], mailbox: Mailbox, new_account: Callable[..., MailAccount]
) -> MailAccount:
    smtp = {"smtp_host": "127.0.0.1", "smtp_port": sink[1], "smtp_security": "none"}
    return new_account(mailbox, **smtp)


def receive(account: MailAccount, content: str) -> IncomingMail:
    raw = raw_store(account=account, content=content.encode())
    assert raw is not None
    mail_read(raw.pk)
    return IncomingMail.objects.get(raw=raw)


def question(account: MailAccount) -> MailThread:
    return receive(
        account, f"From: {ADA}\r\nMessage-ID: <q1@lindqvist.example>\r\nSubject: Beans?\r\n\r\nHi"
    ).thread


def answer(thread: MailThread, key: str = "answer:1") -> OutgoingMail:
    return mail_enqueue(to=ADA, subject="Re: Beans?", text="Yes.", kind="answer", key=key, thread=thread)


def sent_mail(sink: tuple[SignedInSink, int]) -> Message:
    return message_from_bytes(sink[0].raw[-1])


def test_an_answer_leaves_through_the_mailbox_and_comes_back_to_its_conversation(
    sink: tuple[SignedInSink, int], support: MailAccount, settings: Any
) -> None:
    settings.MAIL_BACKEND = ""  # the program's own server is not needed
    thread = question(support)
    mail = answer(thread)
    assert outgoing_send(mail.pk) == OutgoingState.SENT
    sent = sent_mail(sink)
    assert sent["From"] == "support@tenure.example"
    assert (sent["In-Reply-To"], sent["References"]) == ("<q1@lindqvist.example>", "<q1@lindqvist.example>")
    assert sent["Message-ID"].endswith("@tenure.example>")
    assert sent["Auto-Submitted"] is None
    back = receive(support, f"From: {ADA}\r\nTo: {sent['Reply-To']}\r\n\r\nThanks")
    assert (back.thread, back.joined_by, back.needs_review) == (thread, "address", False)
    by_id = receive(support, f"From: {ADA}\r\nIn-Reply-To: {sent['Message-ID']}\r\n\r\nOne more thing")
    assert by_id.thread == thread


def test_whoever_was_written_to_takes_part(support: MailAccount) -> None:
    thread = question(support)
    mail_enqueue(to="Bob@World.example", subject="x", text="x", kind="answer", key="k", thread=thread)
    assert "bob@world.example" in MailThread.objects.get(pk=thread.pk).participants


def test_a_server_that_refuses_the_password_is_tried_again_later(
    sink: tuple[SignedInSink, int], support: MailAccount
) -> None:
    mail = answer(question(support))
    sink[0].password = "changed"
    assert outgoing_send(mail.pk) == OutgoingState.PENDING
    assert "refused the user name or the password" in OutgoingMail.objects.get().reason
    assert sink[0].taken == []


def test_an_account_that_cannot_send_says_so(support: MailAccount) -> None:
    MailAccount.objects.update(smtp_host="")
    mail = answer(question(support))
    assert outgoing_send(mail.pk) == OutgoingState.PENDING
    assert "no server to send through" in OutgoingMail.objects.get().reason


def test_an_answer_leaves_with_a_token(
    admin: User, sink: tuple[SignedInSink, int], support: MailAccount, settings: Any
) -> None:
    with oauth_provider() as provider:
        settings.MAIL_OAUTH = {"google": provider.settings()}
        MailAccount.objects.update(sign_in="google")
        account = MailAccount.objects.get()
        keep_secret(actor=admin, account=account, secret="")
        connected(admin, account)
        sink[0].tokens = provider.tokens
        mail = answer(question(account))
        assert outgoing_send(mail.pk) == OutgoingState.SENT


def test_the_sweeper_queues_answers_also_without_a_server_of_the_program(
    support: MailAccount, settings: Any
) -> None:
    settings.MAIL_BACKEND = ""
    answer(question(support))
    mail_enqueue(to=ADA, subject="x", text="x", kind="digest", key="own")
    assert outgoing_sweep()["queued"] == 1


def report(message_id: str) -> str:
    return (
        "From: MAILER-DAEMON@mx.example\r\n"
        "Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n"
        "--b\r\nContent-Type: text/plain\r\n\r\nNo such person.\r\n"
        f"--b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: {message_id}\r\n--b--\r\n"
    )


def test_a_mail_that_comes_back_is_marked(sink: tuple[SignedInSink, int], support: MailAccount) -> None:
    mail = answer(question(support))
    outgoing_send(mail.pk)
    assert receive(support, report(mail.message_id)).is_bounce
    back = OutgoingMail.objects.get()
    assert (back.state, back.reason) == (OutgoingState.BOUNCED, "No such person.")


def test_a_report_of_a_mail_that_is_not_ours_marks_nothing(support: MailAccount) -> None:
    mail = answer(question(support))
    receive(support, report(f"<{'0' * 32}@tenure.example>"))
    receive(support, f"From: {ADA}\r\nSubject: not a report\r\n\r\n{mail.message_id}")
    assert OutgoingMail.objects.get().state == OutgoingState.PENDING
