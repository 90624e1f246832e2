"""Signing in to Google and Microsoft mailboxes: authorise, exchange the code, refresh. Passwords never pass here."""

import base64
import hashlib
import json
import secrets
import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import requests
from django.conf import settings
from django.utils.translation import gettext as _

from crm.mail.mailbox import MailboxProblem

TIMEOUT = (5, 15)
#: a token that lives for less than this is asked for anew
MARGIN_SECONDS = 120


@dataclass(frozen=True)
class Provider:
    """Where to ask whom; `MAIL_OAUTH` of the settings holds one for each sign-in that is set up."""

    authorize_url: str
    token_url: str
    scope: str
    client_id: str
    client_secret: str
    imap_host: str
    smtp_host: str
    extra: tuple[tuple[str, str], ...] = ()


def provider_of(sign_in: str) -> Provider:
    """Raises MailboxProblem for one that the operator has not set up."""
    found = settings.MAIL_OAUTH.get(sign_in)
    if found is None:
        raise MailboxProblem(
            _("Sign-in through this provider is not set up on this server: see docs/operations.md.")
        )
    return Provider(**found)


def new_verifier() -> str:
    return secrets.token_urlsafe(48)


def authorize_address(provider: Provider, *, state: str, verifier: str, redirect_uri: str, login: str) -> str:
    """Where the person is sent to say yes (code flow with PKCE)."""
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=")
    asked = {
        "response_type": "code",
        "client_id": provider.client_id,
        "redirect_uri": redirect_uri,
        "scope": provider.scope,
        "state": state,
        "code_challenge": challenge.decode(),
        "code_challenge_method": "S256",
        "login_hint": login,
        **dict(provider.extra),
    }
    return f"{provider.authorize_url}?{urlencode(asked)}"


def exchange(provider: Provider, *, code: str, verifier: str, redirect_uri: str) -> str:
    """The tokens for a code, as the account keeps them. Raises MailboxProblem."""
    sent = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": redirect_uri,
        "code_verifier": verifier,
    }
    return keep(ask(provider, sent), refresh_token="")


def fresh(provider: Provider, kept: str) -> tuple[str, str]:
    """(a token that still lives, what the account keeps from now on). Raises MailboxProblem."""
    tokens = json.loads(kept)
    if tokens["expires_at"] > time.time() + MARGIN_SECONDS:
        return tokens["access_token"], kept
    if not tokens["refresh_token"]:
        raise MailboxProblem(_("The permission of the provider has run out: connect the account again."))
    sent = {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]}
    kept = keep(ask(provider, sent), refresh_token=tokens["refresh_token"])
    return json.loads(kept)["access_token"], kept


def keep(answer: dict[str, Any], *, refresh_token: str) -> str:
    """A provider that sends no new refresh token means that the old one stays."""
    return json.dumps(
        {
            "access_token": answer["access_token"],
            "refresh_token": answer.get("refresh_token") or refresh_token,
            "expires_at": int(time.time()) + int(answer.get("expires_in") or 3600),
        }
    )


def ask(provider: Provider, sent: dict[str, str]) -> dict[str, Any]:
    whole = sent | {"client_id": provider.client_id, "client_secret": provider.client_secret}
    try:
        answer = requests.post(provider.token_url, data=whole, timeout=TIMEOUT, allow_redirects=False)
        found = answer.json()
    except (requests.RequestException, ValueError) as fault:
        raise MailboxProblem(
            _("The provider's sign-in was not reached: %s") % type(fault).__name__
        ) from fault
    if answer.status_code == 200 and isinstance(found, dict) and found.get("access_token"):
        return found
    told = found.get("error", "") if isinstance(found, dict) else ""
    if told == "invalid_grant":
        raise MailboxProblem(_("The permission was taken back or has run out: connect the account again."))
    raise MailboxProblem(_("The provider refused the sign-in: %s") % (told or answer.status_code))
