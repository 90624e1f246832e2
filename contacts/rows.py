"""Tasks as rows of cards and records."""

from typing import Any

from django.db.models import F, QuerySet

from contacts.kinds import TASKS
from contacts.models import Task
from contacts.models.about import About
from contacts.selectors import open_tasks
from crm.company.selectors import company_day
from crm.lists.reading import load, read
from crm.staff.models import User

MOST_ABOUT = 50
FIELDS = tuple(
    TASKS.field(key) for key in ("title", "kind", "customer", "due_on", "starts_at", "done_at", "owner")
)


def task_rows(user: User, tasks: QuerySet[Task]) -> list[dict[str, Any]]:
    """These tasks, which the reader may see, with the customer where the reader may see them."""
    return [finished(row) for row in read(TASKS, user, FIELDS, tasks)]


def task_rows_of(user: User, pks: list[int]) -> list[dict[str, Any]]:
    """The tasks of these keys in their order."""
    return [finished(row) for row in load(TASKS, user, FIELDS, pks)]


def about_task_rows(user: User, row: About) -> list[dict[str, Any]]:
    """The open tasks about what this one is about, in the order of their days."""
    same = open_tasks(user).filter(object_type=row.object_type, object_id=row.object_id)
    return task_rows(user, same.order_by(F("due_on").asc(nulls_last=True), "pk")[:MOST_ABOUT])


def finished(row: dict[str, Any]) -> dict[str, Any]:
    row["customer_id"], row["customer_name"] = row["customer.id"], row["customer"]
    row["is_late"] = is_late(row)
    return row


def is_late(row: dict[str, Any]) -> bool:
    return bool(row["due_on"] and not row["done_at"] and row["due_on"] < company_day())
