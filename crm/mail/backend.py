"""What libraries send (sign-in, password reset) goes through the ledger too: no request waits for a mail server."""

import secrets
from collections.abc import Sequence

from django.core.mail import EmailMessage, EmailMultiAlternatives
from django.core.mail.backends.base import BaseEmailBackend

from crm.mail.services.outgoing import mail_enqueue


class LedgerBackend(BaseEmailBackend):
    """Takes text, HTML and receivers; whoever needs more writes to the ledger directly."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        for message in email_messages:
            for to in message.recipients():
                mail_enqueue(
                    to=to,
                    subject=str(message.subject),
                    text=str(message.body),
                    html=html_of(message),
                    kind="account",
                    key=f"account:{secrets.token_hex(16)}",
                )
        return len(email_messages)


def html_of(message: EmailMessage) -> str:
    parts = message.alternatives if isinstance(message, EmailMultiAlternatives) else []
    return next((str(content) for content, kind in parts if kind == "text/html"), "")
