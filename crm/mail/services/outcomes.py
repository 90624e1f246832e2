"""Telling the other apps of mails that did not arrive (OUTGOING_LISTENERS)."""

from collections.abc import Iterable

from django.conf import settings
from django.utils.module_loading import import_string

from crm.mail.models import OutgoingMail


def outcomes_tell(pks: Iterable[int]) -> None:
    """Of mails that failed, came back or are in doubt, in the transaction that says so."""
    mails = OutgoingMail.objects.filter(pk__in=list(pks)).select_related("actor").order_by("pk")
    for mail in mails:
        for path in settings.OUTGOING_LISTENERS:
            import_string(path)(mail)
