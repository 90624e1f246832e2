"""Interactions on the timeline; an entry about a record is shown only to those who may see that record."""

from django.db.models import Model
from django.urls import reverse
from django.utils.translation import ngettext

from contacts.choices import InteractionKind
from contacts.models import Customer, Interaction
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
    rows = customer_interactions(user, customer).select_related("actor")
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
        facts=facts(row),
        edit_url=change_url(row, user, "edit"),
        delete_url=change_url(row, user, "delete"),
    )


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
