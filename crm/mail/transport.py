"""Handing one mail to the mail server, and telling from what it answers whether the mail may have left."""

import smtplib
from smtplib import SMTPException

from anymail.exceptions import AnymailAPIError
from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.utils.translation import gettext as _


class NotSent(Exception):
    """The mail did not leave, for certain. `later` says whether it is worth another attempt."""

    def __init__(self, reason: str, *, later: bool) -> None:
        super().__init__(reason)
        self.reason, self.later = reason, later


class MaybeSent(Exception):
    """The connection broke while the mail was being handed over: it may have left or not."""


def is_set_up() -> bool:
    return bool(settings.MAIL_BACKEND)


def deliver(message: EmailMultiAlternatives, backend: BaseEmailBackend | None = None) -> None:
    """Send it once, through the mail server of the program if no other is given.

    Raises NotSent or MaybeSent; anything else leaves the sending in doubt as well.
    """
    backend = connected(backend or get_connection(settings.MAIL_BACKEND))
    try:
        hand_over(backend, message)
    finally:
        close_quietly(backend)


def connected(backend: BaseEmailBackend) -> BaseEmailBackend:
    try:
        backend.open()
    except smtplib.SMTPAuthenticationError as fault:
        raise NotSent(
            _("The mail server refused name or password: %s") % answer(fault), later=True
        ) from fault
    except (OSError, SMTPException) as fault:
        raise NotSent(_("The mail server was not reached: %s") % fault, later=True) from fault
    return backend


def hand_over(backend: BaseEmailBackend, message: EmailMultiAlternatives) -> None:
    try:
        backend.send_messages([message])
    except smtplib.SMTPRecipientsRefused as fault:
        code, text = next(iter(fault.recipients.values()))
        raise refused(code, text) from fault
    except smtplib.SMTPResponseException as fault:
        raise refused(fault.smtp_code, fault.smtp_error) from fault
    except smtplib.SMTPNotSupportedError as fault:
        raise NotSent(str(fault), later=False) from fault
    except AnymailAPIError as fault:
        raise refused_by_provider(fault) from fault
    except (OSError, SMTPException) as fault:
        raise MaybeSent(str(fault)) from fault


def refused(code: int, text: bytes | str) -> NotSent:
    """The server answered, so it took nothing: 4xx asks for another attempt, 5xx is its last word."""
    words = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    return NotSent(_("The mail server refused it: %s") % f"{code} {words}", later=400 <= code < 500)


def refused_by_provider(fault: AnymailAPIError) -> Exception:
    """The service's answer, read as HTTP means it; a fault of its own leaves it open whether the mail was taken."""
    code = getattr(fault, "status_code", None)
    if code is None or (code >= 500 and code != 503):
        return MaybeSent(str(fault))
    return NotSent(_("The mail service refused it: %s") % fault, later=code in (429, 503))


def answer(fault: smtplib.SMTPResponseException) -> str:
    return str(refused(fault.smtp_code, fault.smtp_error))


def close_quietly(backend: BaseEmailBackend) -> None:
    """What the server says on leaving no longer concerns the mail."""
    try:
        backend.close()
    except (OSError, SMTPException):
        return
