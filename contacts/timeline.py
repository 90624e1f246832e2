"""Interactions on the timeline; an entry about a record is shown only to those who may see that record."""

from django.db.models import Model
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from contacts.choices import InteractionKind
from contacts.email_selectors import HEAVY, IN_DOUBT, sent_words
from contacts.models import Customer, EmailMessage, Interaction
from contacts.selectors import interactions as customer_interactions
from contacts.services.about import about as about_columns
from crm.access.services import allowed
from crm.money.formatting import number
from crm.records.timeline import Entry, Place, earlier
from crm.staff.models import User

SOURCE = "interaction"
ICONS = {
    InteractionKind.NOTE: {"icon": "sticky-note"},
    InteractionKind.CALL: {"icon": "phone"},
    InteractionKind.MEETING: {"icon": "calendar"},
    InteractionKind.EMAIL: {"icon": "mail"},
}


def interactions(
    user: User, customer: Customer, before: Place | None, limit: int, about: Model | None = None
) -> list[Entry]:
    rows = customer_interactions(user, customer).select_related("actor", "email__outgoing").defer(*HEAVY)
    if about is not None:
        rows = rows.filter(**about_columns(about))
    older = earlier(rows, before, SOURCE, "happened_at").order_by("-happened_at", "-id")
    return [entry(row, user) for row in older[:limit]]


def entry(row: Interaction, user: User) -> Entry:
    return Entry(
        id=row.pk,
        source=SOURCE,
        kind=row.kind,
        icon=ICONS[InteractionKind(row.kind)]["icon"],
        happened_at=row.happened_at,
        summary=row.summary,
        body=row.body,
        actor_name=row.actor.name if row.actor else "",
        facts=mail_facts(row.email) if row.email else facts(row),
        state=mail_state(row.email) if row.email else "",
        edit_url=change_url(row, user, "edit"),
        delete_url=change_url(row, user, "delete"),
        url=reverse("contacts:email", args=[row.email_id]) if row.email_id else "",
        open_url=f"{reverse('contacts:email', args=[row.email_id])}?entry={row.pk}" if row.email_id else "",
        refresh_url=refresh_url(row),
    )


def mail_facts(message: EmailMessage) -> str:
    """From whom to whom, how many files, what became of it."""
    names = ", ".join(message.receivers[:2]) + (
        f" +{len(message.receivers) - 2}" if message.receivers[2:] else ""
    )
    way = f"→ {names}" if message.is_ours else f"{message.sender_name or message.sender} →"
    files = len(message.files)
    told = ngettext("%s file", "%s files", files) % number(files) if files else ""
    label, _reason, _moves = sent_words(message.outgoing)
    is_told = message.outgoing is not None and message.outgoing.state not in IN_DOUBT
    automatic = str(_("Automatic")) if message.is_automatic else ""
    return " · ".join(filter(None, (way, told, automatic, label if is_told else "")))


def mail_state(message: EmailMessage) -> str:
    """What one must not overlook: that it did not arrive."""
    if message.outgoing is None or message.outgoing.state not in IN_DOUBT:
        return ""
    return sent_words(message.outgoing)[0]


def refresh_url(row: Interaction) -> str:
    """While the mail is on its way."""
    if row.email is None or not sent_words(row.email.outgoing)[2]:
        return ""
    return f"{reverse('contacts:email', args=[row.email_id])}?entry={row.pk}&show=1"


def facts(row: Interaction) -> str:
    """Direction and minutes, as far as they are known."""
    minutes = row.duration_minutes
    spoken = ngettext("%s minute", "%s minutes", minutes) % number(minutes) if minutes else ""
    direction = row.get_direction_display() if row.direction else ""
    return " · ".join(filter(None, (str(direction), spoken)))


def change_url(row: Interaction, user: User, verb: str) -> str:
    """Where the reader changes the entry; empty for whom it is only to be read."""
    if not (row.is_written and allowed(user, f"contacts.{verb}_interaction", row)):
        return ""
    return reverse(f"contacts:interaction-{verb}", args=[row.pk])
