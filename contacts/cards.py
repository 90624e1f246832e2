from typing import Any

from django.utils.translation import gettext_lazy as _

from contacts.lists import TASKS
from contacts.selectors import hide_invisible, my_tasks
from crm.lists.page import load
from crm.staff.models import User


class MyTasks:
    """The person's own open tasks, the longest overdue first."""

    key = "my-tasks"
    title = _("My tasks")
    permission = "contacts.view_task"
    template = "contacts/cards/my_tasks.html"
    query_budget = 3
    limit = 12

    def context(self, *, user: User) -> dict[str, Any]:
        pks = list(my_tasks(user).values_list("pk", flat=True)[: self.limit + 1])
        rows = hide_invisible(user, load(TASKS, user, pks[: self.limit]))
        return {"rows": rows, "has_more": len(pks) > self.limit}
