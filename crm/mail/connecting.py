"""The round trip to a provider: what goes out in `state` comes back signed, for the same person and account only.

The verifier of PKCE is derived from the state's own random part and never leaves the server, so nothing is stored.
"""

import base64
import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from crm.mail import oauth
from crm.mail.mailbox import MailboxProblem
from crm.mail.models import MailAccount
from crm.publicforms.tokens import BadToken, make_token, read_token
from crm.staff.models import User

PURPOSE, LIVES = "mail account connect", timedelta(minutes=30)


@dataclass(frozen=True)
class Trip:
    account: int
    verifier: str


def way_out(request: HttpRequest, user: User, account: MailAccount) -> str:
    """The provider's address to send the person to. Raises MailboxProblem."""
    provider = oauth.provider_of(account.sign_in)
    nonce = secrets.token_urlsafe(24)
    state = make_token(PURPOSE, [user.pk, account.pk, nonce])
    return oauth.authorize_address(
        provider,
        state=state,
        verifier=verifier_of(nonce),
        redirect_uri=way_back(request),
        login=account.login,
    )


def way_back(request: HttpRequest) -> str:
    path = reverse("mail:account-connected")
    return (
        f"{settings.PUBLIC_URL.rstrip('/')}{path}"
        if settings.PUBLIC_URL
        else request.build_absolute_uri(path)
    )


def read_trip(user: User, state: str) -> Trip:
    """Raises MailboxProblem for a state that is not this person's, or too old."""
    try:
        owner, account, nonce = read_token(PURPOSE, state, lives=LIVES)
    except (BadToken, ValueError, TypeError) as fault:
        raise MailboxProblem from fault
    if owner != user.pk:
        raise MailboxProblem
    return Trip(account, verifier_of(nonce))


def verifier_of(nonce: str) -> str:
    digest = hmac.new(settings.SECRET_KEY.encode(), f"{PURPOSE} {nonce}".encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
