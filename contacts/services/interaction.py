"""Writing the entries of the timeline: notes, calls, meetings."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction

from contacts.choices import MENTION_TEXTS, InteractionKind
from contacts.models import Customer, Interaction
from contacts.services.about import about_check, about_of
from crm.access.services import require
from crm.audit.services import record
from crm.notifications.mentions import mentioned_ids, plain
from crm.notifications.services.mentioning import mentions_check, mentions_tell
from crm.records.services import write_changes, write_deletion, write_restoration
from crm.staff.models import User
from crm.staff.selectors import default_team


@transaction.atomic
def interaction_create(*, actor: User, customer: Customer, values: Mapping[str, Any]) -> Interaction:
    """Add an entry (note, call, meeting, e-mail) to the customer's timeline and tell who is named in it.

    Raises ValidationError for somebody named who may not see the customer.
    """
    require(actor, "contacts.create_interaction")
    require(actor, "contacts.view_customer", customer)
    spoken_of = about_check(actor, values, customer)
    named = named_in(values)
    mentions_check(named, [customer, *([spoken_of] if spoken_of else [])], "body")
    entry = Interaction.objects.create(
        customer=customer, actor=actor, owner=actor, team=default_team(actor), **values
    )
    tell_named(actor, entry, named)
    record(actor=actor, action="contacts.interaction.create", obj=entry, after=values)
    return entry


def named_in(values: Mapping[str, Any]) -> set[int]:
    """Who is named in the text of an entry, by id (crm.notifications.mentions)."""
    return mentioned_ids(f"{values.get('summary', '')}\n{values.get('body', '')}")


def tell_named(actor: User, entry: Interaction, named: set[int]) -> None:
    text = str(MENTION_TEXTS.get(entry.kind, MENTION_TEXTS[InteractionKind.NOTE]))
    mentions_tell(actor=actor, pks=named, obj=entry, text=text, detail=plain(quoted(entry)))


def quoted(entry: Interaction) -> str:
    """What the entry says, once: a summary that was cut short stands whole in the body."""
    was_cut = entry.body.startswith(entry.summary.removesuffix("…"))
    return entry.body if was_cut and entry.body else f"{entry.summary} {entry.body}"


def require_change(actor: User, permission: str, interaction: Interaction) -> None:
    """Only what somebody wrote down can be changed, by whom its permission reaches and who sees the customer."""
    require(actor, "contacts.view_customer", interaction.customer)
    require(actor, permission, interaction)
    if not interaction.is_written:
        raise PermissionDenied


@transaction.atomic
def interaction_edit(
    *, actor: User, interaction: Interaction, values: Mapping[str, Any], version: int
) -> Interaction:
    """Change what an entry says; who is named anew is told. Raises StaleRecord, ValidationError."""
    require_change(actor, "contacts.edit_interaction", interaction)
    before = {"summary": interaction.summary, "body": interaction.body}
    named = named_in({**before, **values}) - named_in(before)
    spoken_of = about_of(interaction) if named else None
    mentions_check(named, [interaction.customer, *([spoken_of] if spoken_of else [])], "body")
    write_changes(
        actor=actor, obj=interaction, values=values, version=version, action="contacts.interaction.edit"
    )
    tell_named(actor, interaction, named)
    return interaction


@transaction.atomic
def interaction_delete(*, actor: User, interaction: Interaction) -> Interaction:
    """Take the entry off the timeline; `interaction_restore` undoes it."""
    require_change(actor, "contacts.delete_interaction", interaction)
    return write_deletion(actor=actor, obj=interaction, action="contacts.interaction.delete")


@transaction.atomic
def interaction_restore(*, actor: User, interaction: Interaction) -> Interaction:
    require_change(actor, "contacts.restore_interaction", interaction)
    return write_restoration(actor=actor, obj=interaction, action="contacts.interaction.restore")
