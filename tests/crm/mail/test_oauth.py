"""Mailboxes of Google and Microsoft, against a provider of our own: authorise, read, refresh, lose the permission."""

import json
import threading
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from django.db import connections

from crm.mail import oauth
from crm.mail.mailbox import MailboxProblem
from crm.mail.models import MailAccount, RawMail
from crm.mail.secrets import decrypt
from crm.mail.services.accounts import account_connect, credentials_of
from crm.mail.services.fetching import account_fetch
from crm.staff.models import User
from tests.crm.mail.imap_server import Mailbox
from tests.crm.mail.oauth_provider import OAuthProvider, oauth_provider

BACK = "https://crm.example.com/settings/mail/connected/"
MAIL = b"From: ada@lindqvist.example\r\n\r\nHi"


@pytest.fixture
def provider(settings: Any) -> Iterator[OAuthProvider]:
    with oauth_provider() as provider:
        settings.MAIL_OAUTH = {"google": provider.settings(), "microsoft": provider.settings()}
        yield provider


@pytest.fixture
def google(mailbox: Mailbox, new_account: Callable[..., MailAccount]) -> MailAccount:
    return new_account(mailbox, password="", sign_in="google")


def said_yes(verifier: str, state: str = "state-1") -> str:
    """The code that the provider sends the person back with."""
    asked = oauth.authorize_address(
        oauth.provider_of("google"), state=state, verifier=verifier, redirect_uri=BACK, login="me@example.com"
    )
    answer = requests.get(asked, allow_redirects=False, timeout=5)
    back = parse_qs(urlsplit(answer.headers["Location"]).query)
    assert back["state"] == [state]
    return back["code"][0]


def connected(admin: User, account: MailAccount) -> None:
    verifier = oauth.new_verifier()
    tokens = oauth.exchange(
        oauth.provider_of("google"), code=said_yes(verifier), verifier=verifier, redirect_uri=BACK
    )
    account_connect(actor=admin, account=account, tokens=tokens)


@pytest.mark.django_db
def test_a_connected_mailbox_is_read_with_a_token(
    admin: User, mailbox: Mailbox, provider: OAuthProvider, google: MailAccount
) -> None:
    connected(admin, google)
    mailbox.tokens = provider.tokens
    mailbox.put(MAIL)
    assert account_fetch(google.pk) == {"fetched": 1}
    assert bytes(RawMail.objects.get().content) == MAIL
    assert provider.refreshed == 0


@pytest.mark.django_db
def test_a_token_that_runs_out_is_asked_for_anew_and_the_refresh_token_stays(
    admin: User, mailbox: Mailbox, provider: OAuthProvider, google: MailAccount
) -> None:
    provider.lifetime = 60
    connected(admin, google)
    before = json.loads(decrypt(MailAccount.objects.get().secret))
    provider.lifetime, provider.tokens = 3600, set()
    mailbox.tokens = provider.tokens
    assert account_fetch(google.pk) == {"fetched": 0}
    after = json.loads(decrypt(MailAccount.objects.get().secret))
    assert after["refresh_token"] == before["refresh_token"]
    assert after["access_token"] != before["access_token"]
    account_fetch(google.pk)
    assert provider.refreshed == 1


@pytest.mark.django_db
def test_a_permission_that_was_taken_back_is_told(
    admin: User, provider: OAuthProvider, google: MailAccount
) -> None:
    provider.lifetime = 60
    connected(admin, google)
    provider.refresh_tokens.clear()
    account_fetch(google.pk)
    assert "connect the account again" in MailAccount.objects.get().problem


@pytest.mark.django_db
def test_a_provider_that_is_not_there_is_told(
    admin: User, provider: OAuthProvider, google: MailAccount, settings: Any
) -> None:
    provider.lifetime = 60
    connected(admin, google)
    settings.MAIL_OAUTH = {"google": provider.settings() | {"token_url": "http://127.0.0.1:1/token"}}
    account_fetch(google.pk)
    assert "sign-in was not reached" in MailAccount.objects.get().problem


@pytest.mark.django_db
@pytest.mark.parametrize("what", ["code", "verifier", "place"])
def test_a_code_is_worth_nothing_to_another(provider: OAuthProvider, what: str) -> None:
    verifier = oauth.new_verifier()
    values = {"code": said_yes(verifier), "verifier": verifier, "redirect_uri": BACK}
    wrong = {
        "code": {"code": "made up"},
        "verifier": {"verifier": "x" * 43},
        "place": {"redirect_uri": "https://x.example/"},
    }
    with pytest.raises(MailboxProblem, match="connect the account again"):
        oauth.exchange(oauth.provider_of("google"), **values | wrong[what])


@pytest.mark.django_db
def test_a_code_is_worth_something_once(provider: OAuthProvider) -> None:
    verifier = oauth.new_verifier()
    code = said_yes(verifier)
    asked = {"code": code, "verifier": verifier, "redirect_uri": BACK}
    oauth.exchange(oauth.provider_of("google"), **asked)
    with pytest.raises(MailboxProblem):
        oauth.exchange(oauth.provider_of("google"), **asked)


@pytest.mark.django_db(transaction=True)
def test_of_four_jobs_at_once_one_asks_for_a_new_token(
    admin: User, provider: OAuthProvider, google: MailAccount
) -> None:
    provider.lifetime = 60
    connected(admin, google)
    provider.lifetime = 3600
    found, barrier = [], threading.Barrier(4)

    def work() -> None:
        barrier.wait()
        found.append(credentials_of(MailAccount.objects.get(pk=google.pk)).token)
        connections.close_all()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (provider.refreshed, len(set(found))) == (1, 1)
