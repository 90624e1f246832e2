"""Many tasks at once, as automations make them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction

from contacts.models import Customer, Task
from crm.access.services import require
from crm.audit.services import Change, record_many
from crm.staff.models import Team, User
from crm.staff.selectors import default_team


@dataclass(frozen=True)
class NewTask:
    """Nobody is named in it: a text with fields of a record could name anybody."""

    customer: Customer
    owner: User
    title: str
    notes: str = ""
    due_on: date | None = None


@transaction.atomic
def tasks_create(*, actor: User, wanted: Sequence[NewTask]) -> list[Task]:
    """A task for each, in a few writes. Whoever may not see one of the customers makes none."""
    require(actor, "contacts.create_task")
    for customer in {item.customer for item in wanted}:
        require(actor, "contacts.view_customer", customer)
    if any(item.owner != actor for item in wanted):
        require(actor, "contacts.assign_task")
    teams: dict[int, Team] = {user.pk: default_team(user) for user in {item.owner for item in wanted}}
    tasks = Task.objects.bulk_create(
        [
            Task(
                customer=item.customer,
                owner=item.owner,
                team=teams[item.owner.pk],
                title=item.title,
                notes=item.notes,
                due_on=item.due_on,
            )
            for item in wanted
        ],
        batch_size=1_000,
    )
    changes: list[Change] = [(task, {}, told(task)) for task in tasks]
    record_many(actor=actor, action="contacts.task.create", changes=changes)
    return tasks


def told(task: Task) -> dict[str, object]:
    values = {"title": task.title, "customer": task.customer, "owner": task.owner, "due_on": task.due_on}
    return {name: value for name, value in values.items() if value}
