"""Mails come in once, in order, whatever the server does; one account keeps no other waiting."""

import threading
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connections
from django.http import Http404
from django.utils import timezone

from crm.audit.models import AuditEntry
from crm.jobs.models import Job
from crm.jobs.services import run
from crm.mail.models import IncomingMail, MailAccount, RawMail
from crm.mail.notifications import MAIL_ACCOUNT
from crm.mail.parsing import MAX_BYTES
from crm.mail.services.accounts import account_delete, account_edit, account_try, accounts_due
from crm.mail.services.fetching import account_fetch, raw_store
from crm.mail.services.receiving import mail_read, quarantine_retry, reads_due
from crm.notifications.kinds import kinds_for
from crm.notifications.models import Notification
from crm.staff.models import User
from tests.crm.mail.imap_server import Mailbox, imap_server

pytestmark = pytest.mark.django_db


def mail(number: int) -> bytes:
    return f"From: ada@lindqvist.example\r\nMessage-ID: <{number}@x.example>\r\nSubject: {number}\r\n\r\nHi".encode()


def fresh(account: MailAccount) -> MailAccount:
    return MailAccount.objects.get(pk=account.pk)


def test_new_mails_come_in_once_and_are_read(mailbox: Mailbox, account: MailAccount) -> None:
    mailbox.put(mail(1), mail(2))
    assert account_fetch(account.pk) == {"fetched": 2}
    assert account_fetch(account.pk) == {"fetched": 0}
    mailbox.put(mail(3))
    assert account_fetch(account.pk) == {"fetched": 1}
    assert [bytes(raw.content) for raw in RawMail.objects.order_by("pk")] == [mail(1), mail(2), mail(3)]
    for raw in RawMail.objects.all():
        mail_read(raw.pk)
        mail_read(raw.pk)
    assert [found.subject for found in IncomingMail.objects.order_by("pk")] == ["1", "2", "3"]
    assert fresh(account).problem == ""
    assert fresh(account).succeeded_at is not None


def test_the_bytes_are_kept_before_anything_is_read_in_them(mailbox: Mailbox, account: MailAccount) -> None:
    mailbox.put(b"\x00\xff no mail at all")
    account_fetch(account.pk)
    assert (RawMail.objects.get().state, IncomingMail.objects.count()) == ("stored", 0)
    assert Job.objects.get(name="mail.read_mail").key == RawMail.objects.get().pk


def test_a_connection_that_dies_in_the_middle_goes_on_where_it_was(
    mailbox: Mailbox, account: MailAccount
) -> None:
    mailbox.put(*map(mail, range(1, 6)))
    mailbox.dies_at_uid = 3
    account_fetch(account.pk)
    assert "broke the conversation off" in fresh(account).problem
    assert RawMail.objects.count() == 2
    mailbox.dies_at_uid = 0
    account_fetch(account.pk)
    assert [raw.uid for raw in RawMail.objects.order_by("pk")] == [1, 2, 3, 4, 5]
    assert fresh(account).problem == ""


def test_a_folder_that_was_made_anew_is_read_again_without_doubles(
    mailbox: Mailbox, account: MailAccount
) -> None:
    mailbox.put(mail(1), mail(2))
    account_fetch(account.pk)
    mailbox.validity, mailbox.mails = 2, {1: mail(2), 2: mail(3)}
    account_fetch(account.pk)
    assert [bytes(raw.content) for raw in RawMail.objects.order_by("pk")] == [mail(1), mail(2), mail(3)]


def test_what_is_too_large_is_not_fetched_but_told(mailbox: Mailbox, account: MailAccount) -> None:
    mailbox.put(mail(1), mail(2))
    mailbox.sizes[1] = MAX_BYTES + 1
    account_fetch(account.pk)
    held = RawMail.objects.get(state="quarantined")
    assert (held.size, bytes(held.content)) == (MAX_BYTES + 1, b"")
    assert "left on the server" in held.reason
    assert RawMail.objects.filter(state="stored").count() == 1


@pytest.mark.parametrize(
    ("values", "password", "problem"),
    [
        ({}, "wrong", "refused the user name or the password"),
        ({}, "falsch ü", "refused the user name or the password"),
        ({"folder": "Nowhere"}, None, "no such folder"),
        ({"imap_port": 1}, None, "Nobody answers at 127.0.0.1:1"),
        ({"imap_security": "tls"}, None, "does not speak TLS"),
        ({"sign_in": "google"}, None, "not set up on this server"),
        ({}, "", "No password is stored"),
    ],
)
def test_what_goes_wrong_is_told_in_plain_words(
    mailbox: Mailbox,
    new_account: Callable[..., MailAccount],
    values: dict[str, Any],
    password: str | None,
    problem: str,
) -> None:
    more = {} if password is None else {"password": password}
    account = new_account(mailbox, **values, **more)
    account_fetch(account.pk)
    assert problem in fresh(account).problem
    assert fresh(account).failures == 1
    assert fresh(account).due_at > timezone.now()


def test_a_new_secret_key_asks_for_the_password_again(
    mailbox: Mailbox, account: MailAccount, settings: Any
) -> None:
    old, settings.SECRET_KEY = settings.SECRET_KEY, "another key" * 5
    account_fetch(account.pk)
    assert "enter it again" in fresh(account).problem
    settings.SECRET_KEY_FALLBACKS = [old]
    account_fetch(account.pk)
    assert fresh(account).problem == ""


@pytest.mark.parametrize("manners", ["hang", "drip"])
def test_a_server_that_hangs_is_left_in_time(
    mailbox: Mailbox, account: MailAccount, settings: Any, manners: str
) -> None:
    settings.MAILBOX_TIMEOUT, settings.MAILBOX_SECONDS = 1, 2
    mailbox.manners = manners
    start = time.monotonic()
    account_fetch(account.pk)
    assert time.monotonic() - start < 10
    assert "within 1 seconds" in fresh(account).problem or "too slow" in fresh(account).problem


@pytest.mark.django_db(transaction=True)
def test_an_account_that_hangs_does_not_stop_the_others(
    mailbox: Mailbox, account: MailAccount, new_account: Callable[..., MailAccount], settings: Any
) -> None:
    settings.MAILBOX_TIMEOUT = settings.MAILBOX_SECONDS = 3
    with imap_server() as hanging:
        hanging.manners = "hang"
        mailbox.put(mail(1))
        bad = new_account(hanging, "Hanging")
        assert accounts_due() == 2
        jobs = {job.key: job.pk for job in Job.objects.filter(name="mail.fetch_account")}
        thread = threading.Thread(target=lambda: (run(jobs[bad.pk]), connections.close_all()))
        thread.start()
        run(jobs[account.pk])
        assert thread.is_alive()
        assert RawMail.objects.count() == 1
        thread.join(20)
    assert fresh(bad).problem
    assert fresh(account).problem == ""
    assert accounts_due() == 0


def test_failures_are_tried_again_ever_more_seldom(account: MailAccount, mailbox: Mailbox) -> None:
    mailbox.manners = "good"
    MailAccount.objects.update(imap_port=1)
    pauses = []
    for _ in range(6):
        account_fetch(account.pk)
        pauses.append(round((fresh(account).due_at - timezone.now()).total_seconds() / 60))
    assert pauses == [1, 2, 5, 15, 60, 60]


def test_those_who_can_mend_it_are_told_once(admin: User, rep: User, account: MailAccount) -> None:
    MailAccount.objects.update(imap_port=1)
    for _ in range(6):
        account_fetch(account.pk)
    told = Notification.objects.get()
    assert (told.user, told.url) == (admin, f"/settings/mail-accounts/{account.pk}/")
    assert told.text == "Support cannot be read: Nobody answers at 127.0.0.1:1."
    assert [MAIL_ACCOUNT in kinds_for(user) for user in (admin, rep)] == [True, True]  # of their own mailbox


def test_accounts_that_are_off_or_not_due_are_left_alone(account: MailAccount) -> None:
    MailAccount.objects.update(is_active=False)
    assert accounts_due() == 0
    assert account_fetch(account.pk) == {"fetched": 0}
    MailAccount.objects.update(is_active=True, due_at=timezone.now() + timedelta(minutes=1))
    assert accounts_due() == 0


def test_a_mail_that_cannot_be_read_is_quarantined_and_can_be_read_again_later(
    admin: User, account: MailAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    raw = raw_store(account=account, content=mail(1))
    assert raw is not None
    with monkeypatch.context() as patch:
        patch.setattr("crm.mail.parsing.MAX_BYTES", 3)
        assert mail_read(raw.pk) == "quarantined"
    assert "larger than" in RawMail.objects.get().reason
    quarantine_retry(actor=admin, raw=raw)
    assert mail_read(raw.pk) == "read"
    with pytest.raises(ValidationError):
        quarantine_retry(actor=admin, raw=raw)


def test_mails_whose_job_was_lost_are_found(account: MailAccount) -> None:
    raw_store(account=account, content=mail(1))
    Job.objects.all().delete()
    assert reads_due() == 1
    assert Job.objects.filter(name="mail.read_mail").exists()


@pytest.mark.django_db(transaction=True)
def test_a_mail_read_by_four_workers_at_once_is_one(account: MailAccount) -> None:
    raw = raw_store(account=account, content=mail(1))
    assert raw is not None
    barrier = threading.Barrier(4)

    def work() -> None:
        barrier.wait()
        mail_read(raw.pk)
        connections.close_all()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert IncomingMail.objects.count() == 1


def test_the_password_is_kept_encrypted_and_told_nowhere(admin: User, account: MailAccount) -> None:
    account_edit(
        actor=admin, account=fresh(account), values={"name": "Help"}, version=1, password="new secret"
    )
    assert "new secret" not in fresh(account).secret
    told = str(list(AuditEntry.objects.values_list("before", "after")))
    assert "new secret" not in told
    assert "open sesame" not in told
    assert AuditEntry.objects.filter(action="mail.account.set_secret").exists()


def test_an_edit_without_a_password_keeps_it_and_another_mailbox_is_read_from_its_beginning(
    admin: User, mailbox: Mailbox, account: MailAccount
) -> None:
    mailbox.put(mail(1))
    account_fetch(account.pk)
    kept = fresh(account)
    account_edit(actor=admin, account=kept, values={"name": "Help"}, version=kept.version)
    assert (account.places.get().last_uid, fresh(account).secret) == (1, kept.secret)
    kept = fresh(account)
    account_edit(actor=admin, account=kept, values={"folder": "INBOX.New"}, version=kept.version)
    assert not account.places.exists()


def test_no_password_leaves_this_machine_in_the_clear(
    admin: User, account: MailAccount, unchanged: Callable[[], None]
) -> None:
    unchanged()
    values = {"imap_host": "mail.example.com", "imap_security": "none"}
    with pytest.raises(ValidationError, match="could be read on the way"):
        account_edit(actor=admin, account=account, values=values, version=account.version)
    unchanged()


def test_an_account_with_mails_is_switched_off_not_deleted(admin: User, account: MailAccount) -> None:
    raw = raw_store(account=account, content=mail(1))
    with pytest.raises(ValidationError):
        account_delete(actor=admin, account=account)
    assert raw is not None
    raw.delete()
    account_delete(actor=admin, account=account)
    assert MailAccount.objects.count() == 0


def test_trying_tells_of_both_servers_and_changes_nothing(
    admin: User, mailbox: Mailbox, new_account: Callable[..., MailAccount], unchanged: Callable[[], None]
) -> None:
    account = new_account(mailbox, smtp_host="127.0.0.1", smtp_port=1, smtp_security="none")
    unchanged()
    assert account_try(actor=admin, account=account) == [
        ("IMAP", ""),
        ("SMTP", "Nobody answers at 127.0.0.1:1."),
    ]
    unchanged()


def test_others_touch_no_account(rep: User, account: MailAccount, unchanged: Callable[[], None]) -> None:
    unchanged()
    with pytest.raises(Http404):
        account_edit(actor=rep, account=account, values={"name": "Mine"}, version=1, password="x")
    with pytest.raises(Http404):
        account_try(actor=rep, account=account)
    with pytest.raises(Http404):
        account_delete(actor=rep, account=account)
    unchanged()
