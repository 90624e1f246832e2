"""Sending the ledger's mails at most once: claimed and committed first, then sent, then the outcome is written.

A worker that dies in between leaves `sending`, which becomes `unknown`: shown, never sent again by itself. Every write
of an outcome names the claim it belongs to, so that a slow worker does not overwrite what a person decided since.
"""

import logging
import math
from datetime import datetime, timedelta
from email.utils import formataddr, parseaddr
from typing import Any

from django.conf import settings
from django.core.files.storage import default_storage
from django.core.mail import EmailMultiAlternatives
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from crm.jobs.services import enqueue
from crm.mail.account_backend import AccountBackend
from crm.mail.choices import OutgoingState
from crm.mail.mailbox import MailboxProblem
from crm.mail.models import OutgoingMail
from crm.mail.services.accounts import credentials_of, smtp_server
from crm.mail.services.outcomes import outcomes_tell
from crm.mail.services.outgoing import JOB, KEPT_WAITING
from crm.mail.transport import MaybeSent, NotSent, deliver, is_set_up

log = logging.getLogger(__name__)
#: minutes until the next attempt after so many failed ones; after the last the mail has failed
PAUSES = (1, 5, 15, 60, 240, 480)
#: longer than any sending that still lives: the time limit of a job, and a little
STALE = timedelta(seconds=settings.CELERY_TASK_TIME_LIMIT + 60)


def outgoing_send(pk: int) -> str:
    """Send the mail if it waits for it; return its state afterwards."""
    if not is_set_up() and OutgoingMail.objects.filter(pk=pk, account=None).exists():
        return wait_for_settings(pk)
    mail = outgoing_claim(pk)
    if mail is None:
        return OutgoingMail.objects.values_list("state", flat=True).get(pk=pk)
    try:
        deliver(message_of(mail), backend_of(mail))
    except NotSent as fault:
        return not_sent(mail, fault)
    except MaybeSent as fault:
        return settle(
            mail, OutgoingState.UNKNOWN, _("The connection broke while it was being sent: %s") % fault
        )
    except Exception:
        settle(
            mail,
            OutgoingState.UNKNOWN,
            _("A fault of the program while it was being sent; see the worker's log."),
        )
        raise
    return settle(mail, OutgoingState.SENT, "" if mail.account else settings.MAIL_NOTE)


#: what waits longer is found by the sweeper
SOON = 60


def seconds_left(pk: int) -> int:
    """How long a mail that its sender may still take back waits; 0 for one that is due, or waits long."""
    due_at = OutgoingMail.objects.filter(pk=pk, state=OutgoingState.PENDING, attempts=0).values_list(
        "due_at", flat=True
    )
    seconds = max((math.ceil((at - timezone.now()).total_seconds()) for at in due_at), default=0)
    return seconds if 0 < seconds <= SOON else 0


def outgoing_claim(pk: int) -> OutgoingMail | None:
    """Take a waiting mail by compare-and-swap. The claim is committed before anything leaves."""
    now = timezone.now()
    with transaction.atomic():
        waiting = OutgoingMail.objects.select_for_update(skip_locked=True).filter(pk=pk, due_at__lte=now)
        mail = waiting.filter(state=OutgoingState.PENDING).first()
        if mail is None:
            return None
        mail.state, mail.claimed_at = OutgoingState.SENDING, now
        mail.attempts += 1
        mail.save(update_fields=["state", "claimed_at", "attempts"])
        return mail


def message_of(mail: OutgoingMail) -> EmailMultiAlternatives:
    """As it leaves. An answer in a conversation comes from its mailbox, and is no automatic mail."""
    headers = {"Message-ID": mail.message_id}
    if mail.account is None and not mail.sender_name:
        headers["Auto-Submitted"] = "auto-generated"
    if mail.answers:
        headers |= {"In-Reply-To": mail.answers[-1], "References": " ".join(mail.answers)}
    reply_to = [mail.reply_to] if mail.reply_to else None
    message = EmailMultiAlternatives(
        mail.subject, mail.text, sender_of(mail), [mail.to], cc=mail.cc, headers=headers, reply_to=reply_to
    )
    if mail.html:
        message.attach_alternative(mail.html, "text/html")
    if mail.calendar:
        message.attach("meeting.ics", mail.calendar, "text/calendar")
    for file in mail.files:
        message.attach(file["name"], content_of(file), file["type"])
    return message


def sender_of(mail: OutgoingMail) -> str:
    """The mailbox it comes from, with the name of the person who wrote it."""
    own = mail.account.address if mail.account else settings.DEFAULT_FROM_EMAIL
    return formataddr((mail.sender_name, parseaddr(own)[1])) if mail.sender_name else own


def content_of(file: dict[str, str]) -> bytes:
    """A mail that lost a file is not sent without it. Raises NotSent."""
    try:
        with default_storage.open(file["file"]) as content:
            return bytes(content.read())
    except OSError as fault:
        raise NotSent(_("A file that goes with it is gone: %s") % file["name"], later=False) from fault


def backend_of(mail: OutgoingMail) -> BaseEmailBackend | None:
    """The account's own server for an answer in a conversation. Raises NotSent."""
    if mail.account is None:
        return None
    if not mail.account.smtp_host:
        raise NotSent(_("The mail account has no server to send through: enter it."), later=True)
    try:
        return AccountBackend(smtp_server(mail.account), credentials_of(mail.account))
    except MailboxProblem as fault:
        raise NotSent(str(fault), later=True) from fault


def settle(mail: OutgoingMail, state: OutgoingState, reason: str = "", due_at: datetime | None = None) -> str:
    """Write how this claim ended; `unknown` since then may still learn the truth."""
    values: dict[str, Any] = {"state": state, "reason": reason[:500]}
    if state == OutgoingState.SENT:
        values["sent_at"] = timezone.now()
    if due_at:
        values["due_at"] = due_at
    own = Q(pk=mail.pk, claimed_at=mail.claimed_at, state__in=(OutgoingState.SENDING, OutgoingState.UNKNOWN))
    with transaction.atomic():
        written = OutgoingMail.objects.filter(own).update(**values)
        if written and state in (OutgoingState.FAILED, OutgoingState.UNKNOWN):
            outcomes_tell([mail.pk])
    return state


def not_sent(mail: OutgoingMail, fault: NotSent) -> str:
    if not fault.later or mail.attempts > len(PAUSES):
        return settle(mail, OutgoingState.FAILED, fault.reason)
    due_at = timezone.now() + timedelta(minutes=PAUSES[mail.attempts - 1])
    return settle(mail, OutgoingState.PENDING, fault.reason, due_at)


def wait_for_settings(pk: int) -> str:
    reason = _("No mail server is set up: set EMAIL_URL, see docs/operations.md.")
    OutgoingMail.objects.filter(pk=pk, state=OutgoingState.PENDING).update(reason=reason)
    return OutgoingMail.objects.values_list("state", flat=True).get(pk=pk)


@transaction.atomic
def outgoing_sweep() -> dict[str, int]:
    """Name what was left in doubt, give up what waited too long, queue what is due."""
    now = timezone.now()
    left = OutgoingMail.objects.filter(state=OutgoingState.SENDING, claimed_at__lt=now - STALE)
    reason = _("The program stopped while it was being sent: it may have arrived or not.")
    doubtful = moved(left, OutgoingState.UNKNOWN, reason)
    waiting = OutgoingMail.objects.filter(state=OutgoingState.PENDING)
    late = waiting.filter(created_at__lt=now - KEPT_WAITING, due_at__lt=now - KEPT_WAITING)
    given_up = moved(late, OutgoingState.FAILED, _("Waited for seven days and was not sent."))
    ready = (
        waiting.filter(due_at__lte=now)
        if is_set_up()
        else waiting.filter(due_at__lte=now).exclude(account=None)
    )
    due = list(ready.order_by("due_at", "id").values_list("pk", flat=True)[:500])
    for pk in due:
        enqueue(JOB, pk)
    return {"unknown": doubtful, "failed": given_up, "queued": len(due)}


def moved(rows: QuerySet[OutgoingMail], state: OutgoingState, reason: str) -> int:
    pks = list(rows.select_for_update(of=("self",), skip_locked=True).values_list("pk", flat=True))
    OutgoingMail.objects.filter(pk__in=pks).update(state=state, reason=reason)
    outcomes_tell(pks)
    return len(pks)
