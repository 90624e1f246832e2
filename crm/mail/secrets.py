"""Passwords and tokens of mail accounts, encrypted with a key that is derived from SECRET_KEY."""

import base64

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.utils.encoding import force_bytes

PURPOSE = b"tenure mail account secret"


class LostSecret(Exception):
    """It was encrypted with another SECRET_KEY."""


def keys() -> MultiFernet:
    """The key of today first; what older keys encrypted can still be read (SECRET_KEY_FALLBACKS)."""
    return MultiFernet([derived(key) for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)])


def derived(secret_key: str | bytes) -> Fernet:
    key = HKDF(algorithm=SHA256(), length=32, salt=None, info=PURPOSE).derive(force_bytes(secret_key))
    return Fernet(base64.urlsafe_b64encode(key))


def encrypt(text: str) -> str:
    return keys().encrypt(text.encode()).decode() if text else ""


def decrypt(token: str) -> str:
    """Raises LostSecret."""
    try:
        return keys().decrypt(token.encode()).decode() if token else ""
    except InvalidToken as fault:
        raise LostSecret from fault
