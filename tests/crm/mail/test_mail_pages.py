"""The pages of mail accounts, quarantine and the ledger."""

import re
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from django.test import Client

from crm.mail.choices import OutgoingState
from crm.mail.models import MailAccount, OutgoingMail, RawMail
from crm.mail.secrets import decrypt
from crm.mail.services import mail_enqueue
from crm.mail.services.fetching import account_fetch, raw_store
from crm.staff.models import User
from tests.crm.mail.imap_server import PASSWORD, Mailbox
from tests.crm.mail.oauth_provider import OAuthProvider, oauth_provider

SignIn = Callable[[User], Client]


def sent(port: int, **more: Any) -> dict[str, Any]:
    return {
        "name": "Support",
        "address": "support@tenure.example",
        "sign_in": "password",
        "password": PASSWORD,
        "imap_host": "127.0.0.1",
        "imap_port": port,
        "imap_security": "none",
        "folder": "INBOX",
        "smtp_port": 587,
        "smtp_security": "starttls",
        "is_active": "on",
        "since_on": "2026-01-01",
        **more,
    }


def written(sign_in: SignIn, user: User, **values: Any) -> OutgoingMail:
    given = {
        "to": "ada@lindqvist.example",
        "subject": "Digest",
        "text": "Your day",
        "kind": "digest",
        "key": "k",
    }
    return mail_enqueue(**{**given, **values})


def test_an_account_is_made_tried_and_read(admin: User, sign_in: SignIn, mailbox: Mailbox) -> None:
    client = sign_in(admin)
    answer = client.post("/settings/mail-accounts/new/", sent(mailbox.port))
    account = MailAccount.objects.get()
    assert answer.headers["Location"] == f"/settings/mail-accounts/{account.pk}/"
    page = client.post(f"{answer.headers['Location']}try/").content.decode()
    assert "Signed in." in page
    assert PASSWORD not in page
    assert account.secret not in page
    mailbox.put(b"From: a@b.example\r\n\r\nHi")
    account_fetch(account.pk)
    assert "last read" in client.get(answer.headers["Location"]).content.decode()


def test_a_wrong_password_is_told_on_the_page(admin: User, sign_in: SignIn, mailbox: Mailbox) -> None:
    client = sign_in(admin)
    client.post("/settings/mail-accounts/new/", sent(mailbox.port, password="wrong"))
    account = MailAccount.objects.get()
    page = client.post(f"/settings/mail-accounts/{account.pk}/try/").content.decode()
    assert "refused the user name or the password" in page
    account_fetch(account.pk)
    for place in ("", f"{account.pk}/"):
        page = client.get(f"/settings/mail-accounts/{place}").content.decode()
        assert "refused the user name or the password" in page


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({"imap_host": ""}, "Name the server"),
        ({"imap_host": "mail.example.com"}, "could be read on the way"),
        ({"imap_port": "70000"}, "less than or equal to 65535"),
        ({"address": "nobody"}, "Enter a valid email address"),
        ({"sign_in": "google"}, "Select a valid choice"),
        ({"since_on": "0001-01-01"}, "between 1990 and 2100"),
    ],
)
def test_what_cannot_work_is_told_at_the_field(
    admin: User, sign_in: SignIn, unchanged: Callable[[], None], more: dict[str, Any], told: str
) -> None:
    client = sign_in(admin)
    unchanged()
    answer = client.post("/settings/mail-accounts/new/", sent(143, **more))
    assert answer.status_code == 422
    assert told in answer.content.decode()
    unchanged()


def test_two_administrators_at_once_are_told(
    admin: User, sign_in: SignIn, mailbox: Mailbox, account: MailAccount
) -> None:
    client, place = sign_in(admin), f"/settings/mail-accounts/{account.pk}/"
    assert client.post(place, sent(mailbox.port, version=1, name="One")).status_code == 302
    answer = client.post(place, sent(mailbox.port, version=1, name="Two"))
    assert answer.status_code == 409
    assert MailAccount.objects.get().name == "One"


@pytest.fixture
def provider(settings: Any) -> Iterator[OAuthProvider]:
    with oauth_provider() as provider:
        settings.MAIL_OAUTH = {"google": provider.settings()}
        yield provider


def connect(client: Client, account: MailAccount) -> tuple[str, dict[str, str]]:
    """To the provider and back: (the page, what its form would send)."""
    out = client.get(f"/settings/mail-accounts/{account.pk}/connect/").headers["Location"]
    back = requests.get(out, allow_redirects=False, timeout=5).headers["Location"]
    parts = urlsplit(back)
    values = {name: found[0] for name, found in parse_qs(parts.query).items()}
    return client.get(f"{parts.path}?{parts.query}").content.decode(), values


def test_an_account_is_connected_with_its_provider(
    admin: User, sign_in: SignIn, mailbox: Mailbox, provider: OAuthProvider, unchanged: Callable[[], None]
) -> None:
    client = sign_in(admin)
    client.post(
        "/settings/mail-accounts/new/", sent(mailbox.port, sign_in="google", imap_host="", password="")
    )
    account = MailAccount.objects.get()
    assert account.imap_host == "127.0.0.1"
    assert "Connect with Google" in client.get(f"/settings/mail-accounts/{account.pk}/").content.decode()
    unchanged()
    page, values = connect(client, account)
    unchanged()  # a GET writes nothing, also on the way back
    assert "Finish connecting" in page
    client.post("/settings/mail-accounts/connected/", values)
    assert "refresh_token" in decrypt(MailAccount.objects.get().secret)
    assert "Connected with Google" in client.get(f"/settings/mail-accounts/{account.pk}/").content.decode()


def test_an_answer_for_somebody_else_connects_nothing(
    admin: User, manager: User, sign_in: SignIn, mailbox: Mailbox, provider: OAuthProvider, new_account: Any
) -> None:
    account = new_account(mailbox, password="", sign_in="google")
    _page, values = connect(sign_in(admin), account)
    manager.roles.add(admin.roles.get())
    answer = sign_in(manager).post("/settings/mail-accounts/connected/", values)
    assert answer.headers["Location"] == "/settings/mail-accounts/"
    sign_in(admin).post("/settings/mail-accounts/connected/", values | {"state": "made up"})
    assert MailAccount.objects.get().secret == ""


def test_a_provider_that_says_no_is_told(admin: User, sign_in: SignIn) -> None:
    answer = sign_in(admin).get("/settings/mail-accounts/connected/", {"error": "access_denied"}, follow=True)
    assert "did not give its permission" in answer.content.decode()


def test_quarantine_tells_why_and_hands_the_bytes_over_as_a_file(
    admin: User, sign_in: SignIn, account: MailAccount
) -> None:
    raw = raw_store(account=account, content=b"<script>alert(1)</script>")
    assert raw is not None
    RawMail.objects.update(state="quarantined", reason="Its parts are nested too deeply.")
    client = sign_in(admin)
    assert "nested too deeply" in client.get("/settings/quarantine/").content.decode()
    assert "1 in quarantine." in client.get("/settings/mail-accounts/").content.decode()
    answer = client.get(f"/settings/quarantine/{raw.pk}/file/")
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    client.post(f"/settings/quarantine/{raw.pk}/retry/")
    assert RawMail.objects.get().state == "stored"
    assert client.get(f"/settings/quarantine/{raw.pk}/file/").status_code == 404


def test_the_ledger_tells_what_became_of_each_mail(admin: User, sign_in: SignIn, settings: Any) -> None:
    settings.MAIL_BACKEND = ""
    mail = written(sign_in, admin)
    client = sign_in(admin)
    page = client.get("/settings/mails/").content.decode()
    assert "No mail server is set up" in page
    assert "Digest" in page
    assert "Your day" in client.get(f"/settings/mails/{mail.pk}/").content.decode()
    client.post(f"/settings/mails/{mail.pk}/cancel/")
    assert OutgoingMail.objects.get().state == OutgoingState.CANCELLED
    client.post(f"/settings/mails/{mail.pk}/retry/")
    assert OutgoingMail.objects.get().state == OutgoingState.PENDING
    answer = client.post(f"/settings/mails/{mail.pk}/retry/", follow=True)
    assert "waiting, being sent, or sent already" in answer.content.decode()


def test_the_text_of_a_sign_in_mail_is_not_shown(admin: User, sign_in: SignIn) -> None:
    mail = written(sign_in, admin, kind="account", text="https://crm.example.com/reset/secret-link/")
    assert "secret-link" not in sign_in(admin).get(f"/settings/mails/{mail.pk}/").content.decode()


def test_the_ledger_is_searched_filtered_and_paged(
    admin: User, sign_in: SignIn, count_queries: Callable[[], Any]
) -> None:
    for number in range(120):
        written(sign_in, admin, key=f"k{number}", subject=f"Mail {number:03}")
    OutgoingMail.objects.filter(subject="Mail 007").update(state="failed")
    client = sign_in(admin)
    found = re.findall(r"Mail \d{3}(?=</a>)", client.get("/settings/mails/?q=mail+01").content.decode())
    assert found == [f"Mail {number:03}" for number in range(19, 9, -1)]
    assert re.findall(
        r"Mail \d{3}(?=</a>)", client.get("/settings/mails/?state=failed").content.decode()
    ) == ["Mail 007"]
    with count_queries() as queries:
        page = client.get("/settings/mails/").content.decode()
    assert len(re.findall(r"Mail \d{3}(?=</a>)", page)) == 50
    assert "after=" in page
    assert len(queries) <= 20
