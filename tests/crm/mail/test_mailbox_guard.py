"""Mailboxes of people: no way into our own network, and none that is read when they left or when reading kills."""

import _socket
import socket
from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from crm.jobs.models import Job
from crm.mail.models import MailAccount, RawMail
from crm.mail.services.accounts import account_create, account_try, accounts_due
from crm.mail.services.checking import account_check, checks_due
from crm.mail.services.fetching import account_fetch, raw_store
from crm.mail.services.receiving import quarantine_retry, reads_due
from crm.staff.models import User
from tests.crm.mail.imap_server import PASSWORD, Mailbox

pytestmark = pytest.mark.django_db


def values(**more: Any) -> dict[str, Any]:
    server = {"imap_host": "imap.x.example", "imap_port": 993, "imap_security": "tls"}
    return {"name": "Box", "address": "box@tenure.example", "since_on": "2026-01-01"} | server | more


@pytest.fixture
def numeric(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    """Addresses in any spelling are read by the system itself; that asks nobody."""
    monkeypatch.setattr(socket, "getaddrinfo", _socket.getaddrinfo)
    settings.MAILBOX_HOSTS = []


@pytest.mark.parametrize(
    "host", ["169.254.169.254", "10.0.0.5", "127.0.0.1", "localhost", "::1", "0x7f000001"]
)
def test_a_mailbox_names_no_server_of_the_inner_network(
    rep: User, host: str, numeric: None, unchanged: Callable[[], None]
) -> None:
    unchanged()
    with pytest.raises(ValidationError, match="inside a network"):
        account_create(actor=rep, values=values(imap_host=host), password="x", is_own=True)
    unchanged()


def test_a_mailbox_names_no_port_of_another_program(rep: User, unchanged: Callable[[], None]) -> None:
    unchanged()
    with pytest.raises(ValidationError, match="Mail servers listen"):
        account_create(actor=rep, values=values(imap_port=6379), password="x", is_own=True)
    unchanged()


def test_no_connection_leads_into_the_inner_network(
    admin: User, mailbox: Mailbox, account: MailAccount, settings: Any
) -> None:
    settings.MAILBOX_HOSTS = []
    assert "inside a network" in account_try(actor=admin, account=account)[0][1]


def test_the_mailbox_of_who_left_is_not_read(rep: User, mailbox: Mailbox) -> None:
    place = {"imap_host": "127.0.0.1", "imap_port": mailbox.port, "imap_security": "none"}
    account = account_create(actor=rep, values=values(**place), password=PASSWORD, is_own=True)
    mailbox.put(b"From: ada@lindqvist.example\r\n\r\nHi")
    User.objects.filter(pk=rep.pk).update(is_active=False)
    assert (accounts_due(), checks_due()) == (0, 0)
    account_fetch(account.pk)
    account_check(account.pk)
    assert not RawMail.objects.exists()


def test_a_mail_that_is_being_read_is_not_queued_again(account: MailAccount) -> None:
    raw_store(account=account, content=b"x")
    Job.objects.update(state=Job.State.RUNNING)
    assert reads_due() == 0


def test_a_mail_that_killed_its_readers_is_held_until_a_person_asks(
    admin: User, account: MailAccount
) -> None:
    raw = raw_store(account=account, content=b"x")
    assert raw is not None
    Job.objects.update(state=Job.State.DEAD)
    assert reads_due() == 0
    assert RawMail.objects.get().state == "quarantined"
    quarantine_retry(actor=admin, raw=raw)
    assert reads_due() == 1
