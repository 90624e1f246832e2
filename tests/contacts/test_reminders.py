"""A call or meeting is told as long before as it says, once."""

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from contacts.models import Task
from contacts.reminders import remind_soon
from contacts.services.engagement import task_complete, task_create, task_delete, task_edit
from crm.notifications.models import Notification
from crm.staff.models import User

MINUTES = timedelta(minutes=1)


@pytest.fixture
def begins() -> datetime:
    return timezone.now() + 10 * MINUTES


@pytest.fixture
def task(rep: User, begins: datetime) -> Task:
    User.objects.filter(pk=rep.pk).update(time_zone="Asia/Tokyo")
    rep.refresh_from_db()
    values = {"title": "Tasting", "kind": "meeting", "starts_at": begins, "location": "Roastery"}
    return task_create(actor=rep, values={**values, "remind_at": begins - 15 * MINUTES})


def texts() -> list[str]:
    return list(Notification.objects.values_list("text", flat=True))


def test_it_is_told_once_in_the_words_of_ones_own_clock(task: Task, begins: datetime) -> None:
    assert (remind_soon(), remind_soon()) == (1, 0)
    (text,) = texts()
    tokyo = begins + timedelta(hours=9)
    assert text == f"At {tokyo:%H:%M}: Tasting, Roastery"
    task.refresh_from_db()
    assert task.version == 1  # a form that is open over it is not stale


def test_it_is_not_told_before_its_time(task: Task, begins: datetime) -> None:
    assert remind_soon(begins - 16 * MINUTES) == 0


def test_moved_to_another_day_it_is_told_anew(task: Task, rep: User, begins: datetime) -> None:
    remind_soon()
    task_edit(actor=rep, task=task, values={"starts_at": begins + timedelta(days=1)}, version=1)
    assert remind_soon() == 0
    assert remind_soon(timezone.now() + timedelta(days=1)) == 1


def test_what_is_over_done_or_deleted_is_not_told(task: Task, rep: User, begins: datetime) -> None:
    remind_soon(begins + timedelta(hours=3))
    assert texts() == []
    Task.objects.update(reminded_at=None)
    task_complete(actor=rep, task=task)
    assert remind_soon() == 0
    Task.objects.update(done_at=None)
    task.refresh_from_db()
    task_delete(actor=rep, task=task)
    assert remind_soon() == 0
