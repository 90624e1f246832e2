"""Links for people without an account: what they are for and what they are about is signed, and they run out.

A token is good for one purpose only; what it may do once is counted by whoever takes it (a used row, a new state).
Links that are to be short, and that are found by their row, are derived from a random seed of that row: the row keeps
the token's digest, so that it is looked up without comparing secrets, and who reads the table alone learns no link.
"""

import base64
import hashlib
import secrets
from datetime import timedelta
from typing import Any

from django.core import signing
from django.utils.crypto import salted_hmac


class BadToken(Exception):
    """Not ours, for something else, or changed."""


class ExpiredToken(BadToken):
    """Ours, but its time is over: its page may offer a new one."""


def make_token(purpose: str, value: Any) -> str:
    """For a link; `value` is JSON and can be read by whoever has the link, but not changed."""
    return signing.dumps(value, salt=salt(purpose), compress=True)


def read_token(purpose: str, token: str, *, lives: timedelta) -> Any:
    """What was signed. Raises BadToken, ExpiredToken."""
    if len(token) > 4_000:
        raise BadToken
    try:
        return signing.loads(token, salt=salt(purpose), max_age=lives)
    except signing.SignatureExpired as fault:
        raise ExpiredToken from fault
    except Exception as fault:
        raise BadToken from fault


def new_seed() -> str:
    return secrets.token_hex(16)


def derived_token(purpose: str, seed: str) -> str:
    """32 letters for a link, always the same for a seed."""
    made = salted_hmac(salt(purpose), seed, algorithm="sha256").digest()[:24]
    return base64.urlsafe_b64encode(made).decode()


def token_digest(token: str) -> str:
    """What a row keeps of its token, and what it is found by."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def salt(purpose: str) -> str:
    return f"tenure public {purpose}"
