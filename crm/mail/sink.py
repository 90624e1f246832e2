"""Mails as files, one each: what the demo has instead of a mail server."""

from collections.abc import Sequence

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.utils.text import slugify


class SinkBackend(BaseEmailBackend):
    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        folder = settings.MAIL_FOLDER
        folder.mkdir(parents=True, exist_ok=True)
        for message in email_messages:
            raw = message.message()
            (folder / f"{slugify(raw['Message-ID'])}.eml").write_bytes(raw.as_bytes())
        return len(email_messages)
