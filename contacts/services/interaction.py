"""Writing the entries of the timeline: notes, calls, meetings."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction

from contacts.models import Customer, Interaction
from crm.access.services import require
from crm.audit.services import record
from crm.records.services import write_changes, write_deletion, write_restoration
from crm.staff.models import User
from crm.staff.selectors import default_team


@transaction.atomic
def interaction_create(*, actor: User, customer: Customer, values: Mapping[str, Any]) -> Interaction:
    """Add an entry (note, call, meeting, e-mail) to the customer's timeline."""
    require(actor, "contacts.create_interaction")
    require(actor, "contacts.view_customer", customer)
    entry = Interaction.objects.create(
        customer=customer, actor=actor, owner=actor, team=default_team(actor), **values
    )
    record(actor=actor, action="contacts.interaction.create", obj=entry, after=values)
    return entry


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
    """Change what an entry says. Raises StaleRecord."""
    require_change(actor, "contacts.edit_interaction", interaction)
    return write_changes(
        actor=actor, obj=interaction, values=values, version=version, action="contacts.interaction.edit"
    )


@transaction.atomic
def interaction_delete(*, actor: User, interaction: Interaction) -> Interaction:
    """Take the entry off the timeline; `interaction_restore` undoes it."""
    require_change(actor, "contacts.delete_interaction", interaction)
    return write_deletion(actor=actor, obj=interaction, action="contacts.interaction.delete")


@transaction.atomic
def interaction_restore(*, actor: User, interaction: Interaction) -> Interaction:
    require_change(actor, "contacts.restore_interaction", interaction)
    return write_restoration(actor=actor, obj=interaction, action="contacts.interaction.restore")
