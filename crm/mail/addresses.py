"""Reply addresses that say which conversation an answer belongs to, and cannot be made up.

support+t1z4.q3b5k7m2n6p8r4s2@example.com: the thread's number and 80 bits of a signature, in letters that survive any
change of case on the way.
"""

import base64
import hashlib
import hmac
import re

from django.conf import settings
from django.utils.encoding import force_bytes

DROP = re.compile(r"\+u([0-9a-v]{1,13})(?:-([0-9a-v]{1,6}))?\.([a-z2-7]{16})@")
SIGNED = re.compile(r"\+t([0-9a-v]{1,13})\.([a-z2-7]{16})@")
DIGITS = "0123456789abcdefghijklmnopqrstuv"


def thread_address(address: str, thread: int) -> str:
    """`support@example.com` -> the address under which answers to this conversation come back."""
    local, _at, domain = address.rpartition("@")
    return f"{local}+t{in_base32(thread)}.{signature(thread, settings.SECRET_KEY)}@{domain}".lower()


def read_thread_address(address: str) -> int | None:
    """The conversation's number if the signature is ours, else None."""
    found = SIGNED.search(address.lower())
    if found is None:
        return None
    thread = int(found[1], 32)
    for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        if hmac.compare_digest(found[2], signature(thread, key)):
            return thread if thread < 2**63 else None
    return None


def drop_address(address: str, user: int, number: int = 0) -> str:
    """`sales@example.com` -> where this person sends copies of mails that belong on a record.

    Each `number` gives another one (crm.mail.services.drops).
    """
    local, _at, domain = address.rpartition("@")
    which = f"{in_base32(user)}-{in_base32(number)}" if number else in_base32(user)
    return f"{local}+u{which}.{drop_signature(user, number, settings.SECRET_KEY)}@{domain}".lower()


def read_drop_address(address: str) -> tuple[int, int] | None:
    """The person's number and that of the address if the signature is ours, else None."""
    found = DROP.search(address.lower())
    if found is None:
        return None
    user, number = int(found[1], 32), int(found[2] or "0", 32)
    for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        if hmac.compare_digest(found[3], drop_signature(user, number, key)):
            return (user, number) if user < 2**63 else None
    return None


def drop_signature(user: int, number: int, key: str | bytes) -> str:
    text = b"tenure drop address %d" % user + (b" %d" % number if number else b"")
    digest = hmac.new(force_bytes(key), text, hashlib.sha256).digest()
    return base64.b32encode(digest[:10]).decode().lower()


def signature(thread: int, key: str | bytes) -> str:
    digest = hmac.new(force_bytes(key), b"tenure reply address %d" % thread, hashlib.sha256).digest()
    return base64.b32encode(digest[:10]).decode().lower()


def in_base32(number: int) -> str:
    digits = ""
    while number:
        number, rest = divmod(number, 32)
        digits = DIGITS[rest] + digits
    return digits or "0"
