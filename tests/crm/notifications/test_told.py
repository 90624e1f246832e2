"""Assignments, tasks that are due, and finished jobs."""

import threading
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connections

from contacts.models import Customer, Task
from contacts.notifications import TASK_DUE
from contacts.reminders import remind_all
from contacts.services.customer import customer_create, customer_edit
from contacts.services.engagement import task_complete, task_create, task_edit
from crm.audit.services import record_many
from crm.imports.choices import RunState
from crm.imports.models import ImportRun
from crm.imports.services import run_create
from crm.jobs.models import Job
from crm.jobs.services import claim, enqueue, finish, run
from crm.notifications.kinds import ASSIGNED, JOB
from crm.notifications.models import Notification
from crm.staff.models import User

Told = Callable[..., list[Notification]]
TODAY = date(2026, 11, 26)
SIX = datetime(2026, 11, 26, 6, 0, tzinfo=ZoneInfo("Europe/Berlin"))


def test_who_is_given_a_customer_is_told(admin: User, rep: User, customer: Customer, told: Told) -> None:
    other = customer_create(actor=admin, values={"name": "Bo Ek", "kind": "person"})
    customer_edit(actor=admin, customer=other, values={"owner": rep}, version=1)
    (row,) = told(rep)
    assert (row.kind, row.actor, row.object_id, row.text) == (ASSIGNED, admin, other.pk, "Assigned to you")


def test_who_is_given_a_task_is_told_once(manager: User, rep: User, told: Told) -> None:
    task = task_create(actor=manager, values={"title": "Call Ada", "owner": rep})
    task_edit(actor=manager, task=task, values={"title": "Call Ada now", "owner": rep}, version=1)
    (row,) = told(rep)
    assert (row.kind, row.text) == (ASSIGNED, "Task assigned to you: Call Ada")


def test_what_one_takes_oneself_is_no_news(rep: User, customer: Customer, told: Told) -> None:
    task_create(actor=rep, values={"title": "Call Ada", "owner": rep})
    assert told(rep) == []


def test_what_one_is_given_but_may_not_see_is_not_told(manager: User, outsider: User, told: Told) -> None:
    task_create(actor=manager, values={"title": "Call Ada", "owner": outsider})
    assert told(outsider) == []


def due(user: User, title: str = "Call Ada", day: date = TODAY) -> Task:
    return task_create(actor=user, values={"title": title, "due_on": day})


def test_tasks_of_the_day_are_told_in_the_morning_once(rep: User, told: Told) -> None:
    due(rep)
    due(rep, "Tomorrow's", TODAY + timedelta(days=1))
    task_complete(actor=rep, task=due(rep, "Done"))
    assert remind_all(SIX - timedelta(minutes=1)) == 0
    assert [remind_all(SIX), remind_all(SIX), remind_all(SIX + timedelta(hours=5))] == [1, 0, 0]
    assert [(row.kind, row.text) for row in told(rep)] == [(TASK_DUE, "Due today: Call Ada")]
    assert remind_all(SIX + timedelta(days=1)) == 1


def test_the_morning_is_that_of_the_person(rep: User, told: Told) -> None:
    User.objects.filter(pk=rep.pk).update(time_zone="Asia/Tokyo")
    due(rep)
    tokyo = datetime(2026, 11, 26, 6, 0, tzinfo=ZoneInfo("Asia/Tokyo"))
    assert remind_all(tokyo - timedelta(minutes=1)) == 0
    assert remind_all(tokyo) == 1


def test_many_tasks_are_one_line(rep: User, told: Told) -> None:
    for place in range(7):
        due(rep, f"Call {place}")
    remind_all(SIX)
    assert [(row.text, row.url) for row in told(rep)] == [
        ("7 tasks are due today", "/tasks/?owner=me&due=today")
    ]


@pytest.mark.django_db(transaction=True)
def test_two_clocks_at_once_remind_once(rep: User, told: Told) -> None:
    due(rep)
    barrier = threading.Barrier(4)

    def worker() -> None:
        barrier.wait()
        remind_all(SIX)
        connections.close_all()

    threads = [threading.Thread(target=worker) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(told(rep)) == 1


def test_who_left_is_not_reminded(rep: User, told: Told) -> None:
    due(rep)
    User.objects.filter(pk=rep.pk).update(is_active=False)
    assert remind_all(SIX) == 0


def imported(admin: User, state: str) -> ImportRun:
    upload = SimpleUploadedFile("orders.csv", b"customer_id,ordered_on,amount\n1,2026-01-31,10\n")
    row = run_create(actor=admin, kind="order", source="shop", upload=upload)
    ImportRun.objects.filter(pk=row.pk).update(state=state, created=1_200, updated=3, bad=2)
    return row


def ended(name: str, key: int, actor: User | None, state: str = "done") -> Job:
    job = enqueue(name, key, actor=actor)
    taken = claim(job.pk)
    assert taken is not None
    finish(taken, state)
    finish(taken, state)
    return taken


@pytest.mark.parametrize(
    ("name", "state", "text"),
    [
        ("check_import", RunState.CHECKED, "orders.csv is checked and can be imported"),
        ("check_import", RunState.FAILED, "orders.csv is checked: 2 bad rows"),
        ("run_import", RunState.DONE, "orders.csv is imported: 1,200 new, 3 updated"),
        ("undo_import", RunState.UNDONE, "The import of orders.csv is undone"),
    ],
)
def test_who_started_an_import_is_told_of_its_end(
    name: str, state: str, text: str, admin: User, told: Told
) -> None:
    row = imported(admin, state)
    ended(f"imports.{name}", row.pk, admin)
    assert [(one.kind, one.text, one.url) for one in told(admin)] == [(JOB, text, f"/imports/{row.pk}/")]


def test_a_job_that_goes_on_in_another_is_no_news(admin: User, told: Told) -> None:
    ended("imports.run_import", imported(admin, RunState.RUNNING).pk, admin)
    assert told(admin) == []


def test_a_dead_job_is_told(admin: User, told: Told) -> None:
    ended("imports.run_import", imported(admin, RunState.RUNNING).pk, admin, Job.State.DEAD)
    assert [row.text for row in told(admin)] == ["The import of orders.csv failed"]


@pytest.mark.parametrize("name", ["imports.run_import", "submissions.sweep"])
def test_nobody_is_told_of_what_nobody_started(name: str, admin: User, told: Told) -> None:
    ended(name, imported(admin, RunState.DONE).pk, None)
    assert not Notification.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_listener_that_fails_does_not_keep_a_job_from_ending(settings: Any, admin: User) -> None:
    settings.JOB_LISTENERS = ["tests.sample.tasks.fault"]
    job = enqueue("sample.effect", actor=admin)
    run(job.pk)
    assert Job.objects.get(pk=job.pk).state == "done"


def test_many_customers_given_at_once_are_one_line(admin: User, rep: User, told: Told, sign_in: Any) -> None:
    customers = [
        customer_create(actor=admin, values={"name": f"Person {n}", "kind": "person"}) for n in range(6)
    ]
    before, after = {"owner": admin}, {"owner": rep}
    for batch in (customers[:4], customers[4:]):
        changes = [(customer, before, after) for customer in batch]
        record_many(actor=admin, action="contacts.customer.edit", changes=changes)
    (row,) = told(rep)
    assert (row.count, row.url, row.actor) == (6, "/customers/?owner=me", admin)
    assert "6 assigned to you: Customers" in sign_in(rep).get("/notifications/").content.decode()


def test_a_thousand_changes_that_nobody_follows_cost_one_question(
    admin: User, customer: Customer, count_queries: Any
) -> None:
    changes = [(customer, {"city": ""}, {"city": f"City {n}"}) for n in range(1_000)]
    with count_queries() as counted:
        record_many(actor=admin, action="contacts.customer.edit", changes=changes)
    assert sum("notifications_" in query["sql"] for query in counted) == 1
