"""Sending through the server of a mail account, with its password or its token."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

from crm.mail.mailbox import (
    FAULTS,
    Credentials,
    Server,
    SmtpClient,
    problem_of,
    smtp_sign_in,
    too_slow,
)
from crm.mail.transport import NotSent
from crm.watchdog import Watchdog


class AccountBackend(BaseEmailBackend):
    """One visit: open, send, close. Before the mail is handed over every fault is a NotSent that is worth a retry."""

    def __init__(self, server: Server, credentials: Credentials) -> None:
        super().__init__()
        self.server, self.credentials = server, credentials
        self.watchdog = Watchdog(settings.MAILBOX_SECONDS)
        self.client: SmtpClient | None = None

    def open(self) -> bool:
        self.watchdog.__enter__()
        try:
            self.client = SmtpClient(self.server, self.watchdog)
            smtp_sign_in(self.client, self.server, self.credentials)
        except FAULTS as fault:
            self.close()
            reason = too_slow() if self.watchdog.rang else problem_of(fault, self.server)
            raise NotSent(reason, later=True) from fault
        return True

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        if self.client is None:
            return 0
        for message in email_messages:
            raw: Any = message.message()
            self.client.sendmail(message.from_email, message.recipients(), raw.as_bytes(linesep="\r\n"))
        return len(email_messages)

    def close(self) -> None:
        self.watchdog.__exit__()
        if self.client is not None:
            self.client.close()
            self.client = None
