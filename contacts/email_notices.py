"""Whom an answer of a customer is told, and a mail that did not arrive."""

from collections.abc import Sequence

from django.urls import reverse
from django.utils.translation import gettext as _

from contacts.email_texts import preview
from contacts.models import EmailMessage, Interaction
from contacts.notifications import EMAIL_FAILED, EMAIL_REPLY, interaction_url
from crm.mail.choices import OutgoingState
from crm.mail.models import OutgoingMail
from crm.notifications.services import notify
from crm.staff.models import User


def reply_tell(message: EmailMessage, entries: Sequence[Interaction]) -> None:
    """Who answers for the customer, and who wrote in the conversation before; once each. Programs tell nobody."""
    if not message.is_answer or not entries:
        return
    readers: dict[int, tuple[User, Interaction]] = {}
    for entry in entries:
        if entry.customer.owner:
            readers.setdefault(entry.customer.owner.pk, (entry.customer.owner, entry))
    writer = last_writer(message)
    if writer:
        readers.setdefault(writer.pk, (writer, entries[0]))
    for user, entry in readers.values():
        notify(
            user=user,
            kind=EMAIL_REPLY,
            text=_("E-mail from %s") % entry.customer.name,
            detail=f"{entry.summary}: {preview(message.text)}",
            url=interaction_url(entry),
            obj=entry,
            group=f"email-{message.thread_id or message.pk}",
        )


def last_writer(message: EmailMessage) -> User | None:
    if message.thread_id is None:
        return None
    sent = EmailMessage.objects.filter(thread=message.thread_id, outgoing__isnull=False)
    last = sent.order_by("-happened_at").select_related("outgoing__actor").first()
    return last.outgoing.actor if last and last.outgoing else None


def failure_tell(mail: OutgoingMail) -> None:
    """Its writer, with the page from which it can be sent again (OUTGOING_LISTENERS)."""
    message = EmailMessage.objects.filter(outgoing=mail, entries__deleted_at=None).first()
    if message is None or mail.actor is None:
        return
    text = _("Your e-mail to %s did not arrive")
    if mail.state == OutgoingState.UNKNOWN:
        text = _("Your e-mail to %s may not have arrived")
    notify(
        user=mail.actor,
        kind=EMAIL_FAILED,
        text=text % mail.to,
        detail=f"{mail.subject}: {mail.reason}",
        url=reverse("contacts:email", args=[message.pk]),
        group=f"email-failed-{mail.pk}",
    )
