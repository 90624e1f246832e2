"""Marking a call or meeting as done with what came of it: the entry on the timeline is written in the same step."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone

from contacts.choices import InteractionKind, TaskKind
from contacts.models import Interaction, Task
from contacts.services.interaction import interaction_create
from crm.access.services import allowed, require
from crm.records.services import write_changes, write_deletion
from crm.staff.models import User

ENTRY_KINDS = {TaskKind.CALL: InteractionKind.CALL, TaskKind.MEETING: InteractionKind.MEETING}


@transaction.atomic
def task_log(*, actor: User, task: Task, values: Mapping[str, Any]) -> Task:
    """Done, with an entry about the same customer and record; done twice is done once. Undone by `task_reopen`.

    `values` may hold summary, body, direction and duration_minutes. Raises ValidationError for somebody named in it.
    """
    require(actor, "contacts.complete_task", task)
    task = Task.objects.select_for_update(of=("self",)).select_related("customer", "owner").get(pk=task.pk)
    if task.done_at is not None:
        return task
    entry = entry_create(actor, task, values) if task.customer and task.kind in ENTRY_KINDS else None
    done = {"done_at": timezone.now(), "entry": entry}
    return write_changes(actor=actor, obj=task, values=done, version=None, action="contacts.task.complete")


def entry_create(actor: User, task: Task, values: Mapping[str, Any]) -> Interaction:
    if task.customer is None:
        raise LookupError("A task without a customer has no timeline.")
    now = timezone.now()
    told = {
        "kind": ENTRY_KINDS[TaskKind(task.kind)],
        "happened_at": min(task.starts_at, now) if task.starts_at else now,
        "object_type": task.object_type,
        "object_id": task.object_id,
        **values,
    }
    told["summary"] = told.get("summary") or task.title
    return interaction_create(actor=actor, customer=task.customer, values=told)


def entry_take_back(actor: User, task: Task) -> None:
    """The entry that logging wrote goes with it, unless somebody worked on it since."""
    entry = task.entry
    if entry is None or entry.deleted_at is not None or entry.version > 1:
        return
    if entry.actor_id == actor.pk or allowed(actor, "contacts.delete_interaction", entry):
        write_deletion(actor=actor, obj=entry, action="contacts.interaction.delete")
