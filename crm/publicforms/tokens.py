"""Links for people without an account: what they are for and what they are about is signed, and they run out.

A token is good for one purpose only; what it may do once is counted by whoever takes it (a used row, a new state).
"""

from datetime import timedelta
from typing import Any

from django.core import signing


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


def salt(purpose: str) -> str:
    return f"tenure public {purpose}"
