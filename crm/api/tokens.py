"""The text of a token: `tnr_<prefix>_<secret>`. Of 256 random bits, one round of SHA-256 tells nobody anything."""

import hashlib
import secrets
import string
from dataclasses import dataclass

MARK = "tnr"
PREFIX_LENGTH = 10
LONGEST = 200
LETTERS = string.ascii_lowercase + string.digits


@dataclass(frozen=True)
class NewToken:
    """`text` is shown once; the others are kept."""

    text: str
    prefix: str
    digest: str


def new_token() -> NewToken:
    prefix = "".join(secrets.choice(LETTERS) for _ in range(PREFIX_LENGTH))
    text = f"{MARK}_{prefix}_{secrets.token_urlsafe(32)}"
    return NewToken(text, prefix, digest(text))


def digest(text: str) -> str:
    return hashlib.sha256(text.encode(errors="replace")).hexdigest()


def prefix_of(text: str) -> str:
    """Empty for what cannot be a token."""
    mark, _line, rest = text.partition("_")
    prefix = rest[:PREFIX_LENGTH]
    fits = mark == MARK and len(text) <= LONGEST and len(prefix) == PREFIX_LENGTH and prefix.isascii()
    return prefix if fits and prefix.isalnum() else ""


def proves(text: str, kept: str) -> bool:
    return secrets.compare_digest(digest(text), kept)
