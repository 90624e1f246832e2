from typing import Any

from django.db.models import Count, Q
from django.utils.translation import gettext as _text
from django.utils.translation import gettext_lazy as _

from contacts.rows import task_rows_of
from contacts.selectors import my_tasks, open_tasks
from crm.access.services import allowed
from crm.company.selectors import company_day
from crm.staff.models import User


class MyTasks:
    """The person's own open tasks, the longest overdue first; who has none is told what is late around them."""

    key = "my-tasks"
    title = _("My tasks")
    permission = "contacts.view_task"
    template = "contacts/cards/my_tasks.html"
    query_budget = 4
    limit = 12

    def context(self, *, user: User) -> dict[str, Any]:
        counts = task_counts(user)
        count = sum(counts.values())
        pks = list(my_tasks(user).values_list("pk", flat=True)[: self.limit]) if count else []
        rows = task_rows_of(user, pks)
        return {
            "groups": grouped(rows, counts),
            "count": count,
            "team_overdue": 0 if count else open_tasks(user).filter(due_on__lt=company_day()).count(),
            "can_create": allowed(user, "contacts.create_task"),
        }


def task_counts(user: User) -> dict[str, int]:
    """How many own tasks are overdue, due today, and due later or never."""
    today = company_day()
    return my_tasks(user).aggregate(
        overdue=Count("pk", filter=Q(due_on__lt=today)),
        today=Count("pk", filter=Q(due_on=today)),
        later=Count("pk", filter=Q(due_on__gt=today) | Q(due_on=None)),
    )


def grouped(rows: list[dict[str, Any]], counts: dict[str, int]) -> list[dict[str, Any]]:
    """The rows under Overdue, Today and Later; a group without rows is left out."""
    today = company_day()
    labels = {"overdue": _text("Overdue"), "today": _text("Today"), "later": _text("Later")}
    groups: dict[str, list[dict[str, Any]]] = {key: [] for key in labels}
    for row in rows:
        due = row["due_on"]
        groups["later" if due is None or due > today else "today" if due == today else "overdue"].append(row)
    return [
        {"key": key, "label": labels[key], "rows": found, "count": counts[key]}
        for key, found in groups.items()
        if found
    ]
