import smtplib
import socket
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core import mail as outbox
from django.core.exceptions import ValidationError
from django.core.mail import send_mail
from django.db import connections, transaction
from django.http import Http404
from django.utils import timezone

from crm.audit.models import AuditEntry
from crm.jobs.models import Job
from crm.mail.choices import OutgoingState
from crm.mail.models import OutgoingMail
from crm.mail.services import mail_enqueue, outgoing_cancel, outgoing_retry
from crm.mail.services.outgoing import MailFile
from crm.mail.services.sending import outgoing_claim, outgoing_send, outgoing_sweep
from crm.staff.models import User
from tests.crm.mail.smtp_sink import Sink, smtp_sink


def write(key: str = "invite:1", **values: Any) -> OutgoingMail:
    given = {"to": "ada@lindqvist.example", "subject": "Welcome", "text": "Hello", "kind": "invite"} | values
    return mail_enqueue(key=key, **given)


@pytest.fixture
def sink(settings: Any) -> Iterator[Sink]:
    settings.MAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    with smtp_sink() as (sink, port):
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
        yield sink


def fresh(mail: OutgoingMail) -> OutgoingMail:
    return OutgoingMail.objects.get(pk=mail.pk)


@pytest.mark.django_db
def test_the_mail_is_a_row_and_a_job_of_the_callers_transaction() -> None:
    with transaction.atomic():
        write()
        transaction.set_rollback(True)
    assert OutgoingMail.objects.count() == Job.objects.filter(name="mail.send_outgoing").count() == 0
    mail = write()
    assert Job.objects.get(name="mail.send_outgoing").key == mail.pk


@pytest.mark.django_db
def test_the_same_mail_twice_is_one_row() -> None:
    assert write().pk == write(subject="Again").pk
    assert OutgoingMail.objects.get().subject == "Welcome"


@pytest.mark.django_db
@pytest.mark.parametrize("to", ["", "nobody", "a@b\nBcc: all@world.example", "two@a.example, b@b.example"])
def test_an_address_that_is_none_is_refused(to: str) -> None:
    with pytest.raises(ValidationError):
        write(to=to)
    assert OutgoingMail.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_it_arrives_as_it_was_written(sink: Sink) -> None:
    mail = write(subject="Grüße\r\nBcc: x@y.example", html="<p>Hello</p>", reply_to="rep@tenure.example")
    assert outgoing_send(mail.pk) == OutgoingState.SENT
    raw = sink.raw[0].decode()
    assert sink.taken == [mail.message_id]
    assert "Reply-To: rep@tenure.example" in raw
    assert "Auto-Submitted: auto-generated" in raw
    assert "<p>Hello</p>" in raw
    assert "\nBcc:" not in raw
    assert fresh(mail).sent_at is not None


@pytest.mark.django_db(transaction=True)
def test_a_mail_that_was_sent_is_not_sent_again(sink: Sink) -> None:
    mail = write()
    assert [outgoing_send(mail.pk) for _ in range(3)] == [OutgoingState.SENT] * 3
    assert len(sink.taken) == 1


@pytest.mark.django_db(transaction=True)
def test_of_eight_workers_one_sends(sink: Sink) -> None:
    mail, barrier = write(), threading.Barrier(8)

    def worker() -> None:
        barrier.wait()
        outgoing_send(mail.pk)
        connections.close_all()

    threads = [threading.Thread(target=worker) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(sink.taken) == 1
    assert fresh(mail).state == OutgoingState.SENT


@pytest.mark.django_db
def test_without_a_mail_server_it_waits_and_says_why(settings: Any) -> None:
    settings.MAIL_BACKEND = ""
    mail = write()
    assert outgoing_send(mail.pk) == OutgoingState.PENDING
    assert "No mail server is set up" in fresh(mail).reason
    assert outgoing_sweep()["queued"] == 0


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("answer", "state"),
    [("451 try later", OutgoingState.PENDING), ("550 no such person", OutgoingState.FAILED)],
)
def test_the_servers_refusal_is_understood(sink: Sink, answer: str, state: str) -> None:
    sink.answer = lambda _count: answer
    mail = write()
    assert outgoing_send(mail.pk) == state
    assert answer in fresh(mail).reason
    assert (fresh(mail).due_at > timezone.now()) == (state == OutgoingState.PENDING)


@pytest.mark.django_db
def test_a_server_that_is_not_there_is_tried_again_and_given_up_in_the_end(settings: Any) -> None:
    settings.MAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    mail = write()
    for _attempt in range(7):
        assert fresh(mail).state == OutgoingState.PENDING
        OutgoingMail.objects.filter(pk=mail.pk).update(due_at=timezone.now())
        outgoing_send(mail.pk)
    assert fresh(mail).state == OutgoingState.FAILED
    assert "was not reached" in fresh(mail).reason


@pytest.mark.django_db
def test_a_connection_that_breaks_in_the_middle_leaves_it_in_doubt(settings: Any) -> None:
    """A server that hangs up when the text of the mail has come."""
    settings.MAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    with socket.create_server(("127.0.0.1", 0)) as server:
        settings.EMAIL_HOST, settings.EMAIL_PORT = server.getsockname()
        thread = threading.Thread(target=hang_up_after_data, args=(server,), daemon=True)
        thread.start()
        mail = write()
        assert outgoing_send(mail.pk) == OutgoingState.UNKNOWN
        thread.join(10)
    assert outgoing_send(mail.pk) == OutgoingState.UNKNOWN


def hang_up_after_data(server: socket.socket) -> None:
    connection, _address = server.accept()
    with connection, connection.makefile("rwb") as file:
        file.write(b"220 here\r\n")
        file.flush()
        while line := file.readline():
            if line == b".\r\n":
                return
            word = line.split()[0].upper() if line.split() else b""
            if word in {b"EHLO", b"MAIL", b"RCPT"}:
                file.write(b"250 OK\r\n")
            elif word == b"DATA":
                file.write(b"354 go on\r\n")
            file.flush()


@pytest.mark.django_db
def test_a_sending_that_was_left_becomes_unknown_and_stays_so() -> None:
    mail = write()
    outgoing_claim(mail.pk)
    assert outgoing_sweep()["unknown"] == 0
    OutgoingMail.objects.filter(pk=mail.pk).update(claimed_at=timezone.now() - timedelta(hours=1))
    assert outgoing_sweep()["unknown"] == 1
    assert outgoing_send(mail.pk) == OutgoingState.UNKNOWN
    assert outbox.outbox == []


@pytest.mark.django_db
def test_the_sweeper_queues_what_is_due_and_gives_up_what_waited_for_a_week() -> None:
    due, old = write("due"), write("old")
    Job.objects.all().delete()
    long_ago = timezone.now() - timedelta(days=8)
    OutgoingMail.objects.filter(pk=old.pk).update(created_at=long_ago, due_at=long_ago)
    assert outgoing_sweep() == {"unknown": 0, "failed": 1, "queued": 1}
    assert Job.objects.get().key == due.pk


@pytest.mark.django_db
def test_a_person_sends_again_what_failed(admin: User) -> None:
    mail = write()
    OutgoingMail.objects.update(state=OutgoingState.FAILED, reason="No such person", attempts=3)
    outgoing_retry(actor=admin, mail=mail)
    again = fresh(mail)
    assert (again.state, again.reason, again.attempts) == ("pending", "", 0)
    assert AuditEntry.objects.get(action="mail.outgoing.retry").actor == admin
    with pytest.raises(ValidationError):
        outgoing_retry(actor=admin, mail=mail)


@pytest.mark.django_db
def test_a_waiting_mail_can_be_cancelled(admin: User) -> None:
    mail = write()
    outgoing_cancel(actor=admin, mail=mail)
    assert outgoing_send(mail.pk) == OutgoingState.CANCELLED
    assert outbox.outbox == []


@pytest.mark.django_db
def test_others_may_neither_retry_nor_cancel(rep: User, unchanged: Callable[[], None]) -> None:
    mail = write()
    unchanged()
    for verb in (outgoing_retry, outgoing_cancel):
        with pytest.raises(Http404):
            verb(actor=rep, mail=mail)
    unchanged()


@pytest.mark.django_db
def test_what_libraries_send_goes_through_the_ledger(settings: Any) -> None:
    settings.EMAIL_BACKEND = "crm.mail.backend.LedgerBackend"
    send_mail("Reset", "Link", None, ["ada@lindqvist.example"], html_message="<p>Link</p>")
    mail = OutgoingMail.objects.get()
    assert (mail.kind, mail.subject, mail.html) == ("account", "Reset", "<p>Link</p>")
    assert outbox.outbox == []


@pytest.mark.django_db
def test_the_demo_writes_mails_to_files_and_says_so(settings: Any, tmp_path: Any) -> None:
    settings.MAIL_BACKEND, settings.MAIL_FOLDER = "crm.mail.sink.SinkBackend", tmp_path / "mail"
    settings.MAIL_NOTE = "written to a file"
    mail = write()
    assert outgoing_send(mail.pk) == OutgoingState.SENT
    assert fresh(mail).reason == "written to a file"
    assert mail.message_id in next((tmp_path / "mail").iterdir()).read_text()


def test_smtplib_still_tells_refusals_apart() -> None:
    """What the transport relies on: an answer is an SMTPResponseException, silence is none."""
    assert issubclass(smtplib.SMTPDataError, smtplib.SMTPResponseException)
    assert not issubclass(smtplib.SMTPServerDisconnected, smtplib.SMTPResponseException)


@pytest.mark.django_db
def test_a_file_goes_with_the_mail_and_one_that_is_gone_keeps_it_back(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path
    (tmp_path / "a.pdf").write_bytes(b"%PDF content")
    here = write("here", files=[MailFile("a.pdf", "Quote.pdf", "application/pdf")])
    gone = write("gone", files=[MailFile("b.pdf", "Quote.pdf", "application/pdf")])
    assert [outgoing_send(mail.pk) for mail in (here, gone)] == [OutgoingState.SENT, OutgoingState.FAILED]
    assert outbox.outbox[0].attachments == [("Quote.pdf", b"%PDF content", "application/pdf")]
    assert "gone: Quote.pdf" in fresh(gone).reason
