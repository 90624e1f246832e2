"""The tasks of the day: whom they are told to, in the morning of their own day, once."""

from datetime import date, datetime, time

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from contacts.models import Task
from contacts.notifications import TASK_DUE, task_url
from crm.notifications.services import notify
from crm.notifications.services.daily import due, first_today
from crm.staff.models import User

MORNING = time(6)
#: more tasks than these are one line
MOST_LINES = 5


def open_tasks(user: User, day: date) -> list[Task]:
    rows = Task.objects.filter(owner=user, due_on=day, done_at=None, deleted_at=None)
    return list(rows.visible_to(user).order_by("pk"))


def remind_all(now: datetime | None = None) -> int:
    """Tell everybody for whom the day has begun; returns how many people."""
    now = now or timezone.now()
    near = [now.date() + (offset * date.resolution) for offset in (-1, 0, 1)]
    waiting = Task.objects.filter(due_on__in=near, done_at=None, deleted_at=None, owner__isnull=False)
    users = User.objects.filter(is_active=True, pk__in=waiting.values("owner")).order_by("pk")
    return sum(remind(user, day) for user, day in due(users, MORNING, now))


@transaction.atomic
def remind(user: User, day: date) -> bool:
    """The tasks of one person and day; twice is once."""
    tasks = open_tasks(user, day)
    if not tasks or not first_today(user, TASK_DUE, day):
        return False
    if len(tasks) > MOST_LINES:
        text = ngettext("%s task is due today", "%s tasks are due today", len(tasks)) % len(tasks)
        notify(user=user, kind=TASK_DUE, text=text, url=f"{reverse('contacts:task-list')}?owner=me&due=today")
        return True
    for task in tasks:
        text = _("Due today: %s") % task.title
        notify(user=user, kind=TASK_DUE, text=text, url=task_url(task), obj=task)
    return True
