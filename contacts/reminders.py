"""The tasks of the day, told in the morning of their owner's own day, and what begins soon, told when it says."""

from datetime import date, datetime, time

from django.db import transaction
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from contacts.models import Task
from contacts.notifications import TASK_DUE, TASK_SOON, task_url
from crm.notifications.services import notify
from crm.notifications.services.daily import due, first_today, zone_of
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


AT_ONCE = 200


def remind_soon(now: datetime | None = None) -> int:
    """Tell the owners of what wants to be remembered now; returns how many were told. Each is told once."""
    now = now or timezone.now()
    told = 0
    while pks := remind_some(now):
        told += len(pks)
    return told


@transaction.atomic
def remind_some(now: datetime) -> list[int]:
    """Some of them: two workers at once take different ones."""
    waiting = Task.objects.filter(
        Q(reminded_at=None) | Q(reminded_at__lt=F("remind_at")),
        remind_at__lte=now,
        done_at=None,
        deleted_at=None,
    )
    locked = waiting.select_for_update(skip_locked=True, of=("self",)).select_related("owner")
    tasks = list(locked.order_by("remind_at")[:AT_ONCE])
    for task in tasks:
        remind_of(task, now)
    pks = [task.pk for task in tasks]
    Task.objects.filter(pk__in=pks).update(reminded_at=now)
    return pks


def remind_of(task: Task, now: datetime) -> None:
    """What is over already (the program stood still) is not told any more."""
    is_over = task.ends_at is not None and task.ends_at <= now
    if task.owner is not None and not is_over:
        notify(user=task.owner, kind=TASK_SOON, text=reminder(task), url=task_url(task), obj=task)


def reminder(task: Task) -> str:
    """In the words of the owner's own clock."""
    if task.owner is None or task.starts_at is None:
        return _("Reminder: %s") % task.title
    at = task.starts_at.astimezone(zone_of(task.owner))
    parts = {"clock": f"{at:%H:%M}", "title": task.title, "place": task.location}
    if task.location:
        return _("At %(clock)s: %(title)s, %(place)s") % parts
    return _("At %(clock)s: %(title)s") % parts
