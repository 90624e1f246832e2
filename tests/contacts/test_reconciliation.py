"""Every mail of a mailbox is counted, and what is missing is fetched: the numbers add up, or the page says so."""

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import pytest
from django.http import Http404
from django.test import Client

from contacts.models import Customer, EmailMessage, Interaction
from contacts.reconciliation import Reconciled, reconciliation
from contacts.services.customer import customer_create
from crm.mail.models import IncomingMail, MailAccount, MailPlace, MailUid, RawMail
from crm.mail.services.accounts import account_create, account_edit
from crm.mail.services.checking import account_check
from crm.mail.services.fetching import account_fetch
from crm.mail.services.receiving import mail_read
from crm.staff.models import User
from tests.crm.mail.imap_server import PASSWORD, Mailbox, imap_server

ADA = "ada@lindqvist.example"
REP = "rep@tenure.example"
SignIn = Callable[[User], Client]


@pytest.fixture
def server() -> Iterator[Mailbox]:
    with imap_server() as found:
        yield found


@pytest.fixture
def ada(rep: User) -> Customer:
    return customer_create(actor=rep, values={"kind": "person", "name": "Ada Lindqvist"}, email=ADA)


def connect(actor: User, server: Mailbox, *, is_own: bool = False, **more: Any) -> MailAccount:
    values = {
        "name": "Box", "address": REP if is_own else "sales@tenure.example", "imap_host": "127.0.0.1",
        "imap_port": server.port, "imap_security": "none", "since_on": date(2026, 1, 1),
    }  # fmt: skip
    return account_create(actor=actor, values=values | more, password=PASSWORD, is_own=is_own)


def letter(number: int, sender: str = ADA, to: str = REP) -> bytes:
    head = f"From: {sender}\r\nTo: {to}\r\nMessage-ID: <{number}@x.example>\r\nSubject: No. {number}"
    return f"{head}\r\n\r\nHi".encode()


def read_all() -> None:
    for pk in RawMail.objects.filter(state="stored").values_list("pk", flat=True):
        mail_read(pk)


def numbers(user: User) -> Reconciled:
    return reconciliation(user)[0]


def test_the_numbers_of_a_mailbox_add_up(admin: User, ada: Customer, server: Mailbox) -> None:
    same = letter(1)
    server.put(same, letter(2, "eve@elsewhere.example"), same, b"Content-Type: multipart/mixed\r\n" * 501)
    account = connect(admin, server)
    account_fetch(account.pk)
    read_all()
    account_check(account.pk)
    row = numbers(admin)
    assert (row.on_server, row.here, row.twice, row.stored, row.missing) == (4, 4, 1, 3, 0)
    assert (row.matched, row.unmatched, row.quarantined, row.faults, row.is_well) == (1, 1, 1, [], True)
    server.put(letter(3))
    account_fetch(account.pk)
    row = numbers(admin)
    assert (row.on_server, row.here, row.waiting, row.faults) == (5, 5, 1, [])
    del server.mails[1]
    account_check(account.pk)
    read_all()
    row = numbers(admin)
    assert (row.on_server, row.here, row.gone, row.faults) == (4, 4, 0, [])


def test_what_the_server_has_and_we_do_not_is_fetched(admin: User, server: Mailbox) -> None:
    server.put(letter(1), letter(2))
    account = connect(admin, server)
    account_fetch(account.pk)
    MailUid.objects.filter(uid=1).delete()
    RawMail.objects.filter(uid=1).delete()
    account_check(account.pk)
    assert RawMail.objects.count() == MailUid.objects.count() == 2
    assert MailPlace.objects.get().missing == 0


def test_a_mail_that_got_lost_is_told(admin: User, ada: Customer, server: Mailbox) -> None:
    server.put(letter(1))
    account_fetch(connect(admin, server).pk)
    read_all()
    Interaction.objects.all().delete()
    EmailMessage.objects.all().delete()
    row = numbers(admin)
    assert (row.lost, row.faults, row.is_well) == (1, ["lost"], False)


def test_what_one_writes_elsewhere_comes_onto_the_record(rep: User, ada: Customer, server: Mailbox) -> None:
    server.sent[1] = letter(1, REP, ADA)
    account = connect(rep, server, is_own=True, sent_folder="Sent")
    account_fetch(account.pk)
    read_all()
    entry = Interaction.objects.get()
    assert (entry.customer, entry.direction, entry.actor) == (ada, "out", rep)


def test_a_folder_that_is_not_there_keeps_no_mail_from_coming(
    rep: User, ada: Customer, server: Mailbox
) -> None:
    server.put(letter(1))
    account = connect(rep, server, is_own=True, sent_folder="Gesendet")
    assert account_fetch(account.pk) == {"fetched": 1}
    assert numbers(rep).problems == ["Gesendet: There is no such folder in the mailbox."]


def test_somebodys_own_mailbox_is_counted_for_others_and_shown_to_its_owner(
    rep: User, admin: User, server: Mailbox, sign_in: SignIn
) -> None:
    server.put(letter(1, "friend@home.example"))
    account = connect(rep, server, is_own=True)
    account_fetch(account.pk)
    read_all()
    mail = IncomingMail.objects.get()
    keeper, owner = sign_in(admin), sign_in(rep)
    assert b"Box" in keeper.get("/mail/reconciliation/").content
    for path in (
        f"/mail/reconciliation/{account.pk}/state/unmatched/",
        f"/mail/messages/{mail.pk}/match/",
        f"/settings/mail-accounts/{account.pk}/",
    ):
        assert keeper.get(path).status_code == 404
        assert owner.get(path).status_code == 200
    assert b"friend@home.example" in owner.get(f"/mail/reconciliation/{account.pk}/state/unmatched/").content


def test_a_rep_connects_no_mailbox_of_the_company(rep: User, server: Mailbox, sign_in: SignIn) -> None:
    given = {
        "name": "Mine", "address": REP, "sign_in": "password", "imap_host": "127.0.0.1", "imap_port": server.port,
        "imap_security": "none", "folder": "INBOX", "smtp_port": 587, "smtp_security": "starttls",
        "since_on": "2026-01-01", "is_active": "on", "password": PASSWORD,
    }  # fmt: skip
    assert sign_in(rep).post("/settings/mail-accounts/new/", given).status_code == 302
    assert MailAccount.objects.get().owner == rep


def test_nobody_edits_the_mailbox_of_another(rep: User, admin: User, server: Mailbox) -> None:
    account = connect(rep, server, is_own=True)
    with pytest.raises(Http404):
        account_edit(actor=admin, account=account, values={"name": "x"}, version=account.version)
    account.refresh_from_db()
    assert account.name == "Box"


def test_a_mail_is_matched_with_a_new_customer_and_ignored_with_undo(
    admin: User, server: Mailbox, sign_in: SignIn
) -> None:
    server.put(letter(1, "Eve <eve@elsewhere.example>"), letter(2, "spam@spam.example"))
    account_fetch(connect(admin, server).pk)
    read_all()
    first, second = IncomingMail.objects.order_by("pk")
    client = sign_in(admin)
    answer = client.post(f"/mail/messages/{first.pk}/match/", {"new_name": "Eve", "keep_address": "on"})
    assert answer.status_code == 302
    assert Interaction.objects.get().customer.contact_points.get().value == "eve@elsewhere.example"
    assert client.post(f"/mail/messages/{first.pk}/match/", {}).status_code == 422
    client.post(f"/mail/messages/{second.pk}/ignore/", {"value": "spam@spam.example"})
    second.refresh_from_db()
    assert second.outcome == "ignored"
    client.post(f"/mail/messages/{second.pk}/unignore/")
    second.refresh_from_db()
    assert second.outcome == "unmatched"


def test_the_page_asks_the_same_for_any_number_of_mailboxes(
    admin: User, server: Mailbox, sign_in: SignIn, count_queries: Callable[[], Any]
) -> None:
    client, counts = sign_in(admin), []
    for number in (1, 4):
        for index in range(number):
            connect(admin, server, name=f"Box {number} {index}")
        with count_queries() as found:
            client.get("/mail/reconciliation/")
        counts.append(len(found))
    assert counts[0] == counts[1]
