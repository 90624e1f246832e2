"""An automation run by hand for many records: each once, where its rule holds, and told as what it is."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from contacts.models import Customer, Task
from crm.access.models import Role
from crm.automation.models import ActionRun, Automation, AutomationRun, Event
from crm.automation.services.saving import automation_switch
from crm.bulk.models import BulkBatch, BulkRun
from crm.bulk.services import batch_apply, run_stage
from crm.jobs.models import Job
from crm.jobs.services import run as run_job
from crm.staff.models import User
from tests.crm.automation.making import TASK, automation, rule, set_field, states, tag, work
from tests.crm.automation.test_exactly_once import customers

SignIn = Callable[[User], Client]
FORM = "/lists/contacts-customer/bulk/automate/"
BERN = "rule=" + json.dumps({"field": "city", "op": "is", "value": "Bern"})


@pytest.fixture
def crowd(rep: User, monkeypatch: pytest.MonkeyPatch) -> list[Customer]:
    """Twelve people, seven of them in Bern; from four on a job does it, in batches of four."""
    monkeypatch.setattr("crm.bulk.services.BATCH", 4)
    monkeypatch.setattr("crm.bulk.services.AT_ONCE", 3)
    made = customers(rep, 12)
    Customer.objects.filter(pk__in=[customer.pk for customer in made[:7]]).update(city="Bern")
    return made


def selected(rows: list[Customer]) -> str:
    return FORM + "?" + "&".join(f"id={row.pk}" for row in rows)


def bulk_job() -> Job:
    job = Job.objects.filter(name="bulk.run").latest("pk")
    run_job(job.pk)
    job.refresh_from_db()
    return job


def test_it_runs_for_the_selected_that_its_rule_matches(
    crowd: list[Customer], manager: User, rep: User, sign_in: SignIn
) -> None:
    made = automation(rep_rights(rep), "changed", TASK, rule=rule("city", "is", "Bern"))
    client, address = sign_in(manager), selected(crowd[5:8])
    page = client.get(address).content.decode()
    assert "Test" in page
    assert "This cannot be undone." in page
    answer = client.post(address, {"automation": made.pk}, follow=True)
    text = answer.content.decode()
    assert "Run “Test”: 2 records. Left out: 1 (its rule does not match them" in text
    assert "/undo/" not in text
    work()
    assert states(made) == ["done", "done"]
    assert set(Task.objects.values_list("customer", flat=True)) == {crowd[5].pk, crowd[6].pk}
    assert set(Task.objects.values_list("owner", flat=True)) == {rep.pk}
    log = client.get(f"/automations/{made.pk}/").content.decode()
    assert log.count("Run by hand by Manager") == 2
    run = AutomationRun.objects.first()
    assert run is not None
    assert "Run by hand by Manager" in client.get(f"/automations/{made.pk}/runs/{run.pk}/").content.decode()
    assert not Event.objects.exists()


def rep_rights(user: User) -> User:
    """A representative who may have automations, of which a manager may run each."""
    role = Role.objects.get(key="sales-rep")
    role.matrix["automation.automation"] = {"view": "all", "create": "all", "edit": "all"}
    role.save()
    user.__dict__.pop("kept_grants", None)
    return user


def test_all_results_of_a_list_by_a_job_that_may_run_twice(
    crowd: list[Customer], manager: User, sign_in: SignIn
) -> None:
    made = automation(manager, "created", TASK, rule=rule("city", "is", "Bern"))
    client = sign_in(manager)
    answer = client.post(f"{FORM}?all=1", {"automation": made.pk})
    run = BulkRun.objects.get()
    assert answer.headers["Location"] == f"/bulk/{run.pk}/"
    job = bulk_job()
    assert (job.state, job.result) == ("done", {"changed": 7, "skipped": 5, "kept": 0})
    Job.objects.filter(pk=job.pk).update(state="queued")
    bulk_job()
    work()
    assert states(made) == ["done"] * 7
    assert Task.objects.count() == 7
    page = client.get(f"/bulk/{run.pk}/").content.decode()
    assert "Begun" in page
    assert "its rule does not match them" in page
    assert f'href="/automations/{made.pk}/"' in page
    assert f"/bulk/{run.pk}/undo/" not in page


def test_killed_half_way_and_repeated_no_record_runs_twice(
    crowd: list[Customer], manager: User, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = automation(manager, "created", TASK)
    sign_in(manager).post(f"{FORM}?all=1", {"automation": made.pk})
    run = BulkRun.objects.get()
    run_stage(run)
    first, *_rest = run.batches.values_list("pk", flat=True)
    batch_apply(run, first)
    work()
    BulkBatch.objects.filter(pk=first).update(state="waiting", before={}, changed=0)  # as if its end was lost
    bulk_job()
    work()
    assert states(made) == ["done"] * 12
    assert Task.objects.count() == Task.objects.values("customer").distinct().count() == 12
    assert ActionRun.objects.count() == 12


def test_asked_again_it_runs_again(crowd: list[Customer], manager: User, sign_in: SignIn) -> None:
    made = automation(manager, "created", TASK)
    for submission in ("one", "one", "two"):
        sign_in(manager).post(selected(crowd[:2]), {"automation": made.pk, "submission": submission})
    work()
    assert states(made) == ["done"] * 4
    assert Task.objects.count() == 4


def test_what_it_changes_wakes_it_no_more_than_usual(
    crowd: list[Customer], manager: User, sign_in: SignIn
) -> None:
    made = automation(manager, "changed", set_field("region", "BE"), tag("seen"))
    sign_in(manager).post(selected(crowd[:2]), {"automation": made.pk})
    work()
    assert states(made) == ["done", "done"]
    assert not Event.objects.exists()


def test_two_that_wake_each_other_still_end(crowd: list[Customer], manager: User, sign_in: SignIn) -> None:
    one = automation(manager, "changed", set_field("region", "BE"), tag("a"))
    other = automation(manager, "changed", set_field("region", "ZH"), tag("b"))
    sign_in(manager).post(selected(crowd[:1]), {"automation": one.pk})
    work()
    assert "circle" in states(one) + states(other)
    assert AutomationRun.objects.count() < 10


def test_only_those_that_are_on_and_of_this_kind_are_offered(
    crowd: list[Customer], manager: User, sign_in: SignIn, unchanged: Callable[[], None]
) -> None:
    on = automation(manager, "created", TASK, name="On")
    off = automation_switch(
        actor=manager, automation=automation(manager, "created", TASK, name="Off"), on=False
    )
    others = [
        automation(manager, "created", TASK, name="Of tasks", kind="contacts.task"),
        automation(manager, "deleted", tag("x"), name="Of deleted"),
    ]
    client = sign_in(manager)
    offered = client.get(selected(crowd[:1])).context["form"].fields["automation"].queryset
    assert list(offered) == [on]
    unchanged()
    for made in (off, *others):
        assert client.post(selected(crowd[:1]), {"automation": made.pk}).status_code == 422
    unchanged()


def test_one_that_is_switched_off_before_its_turn_runs_for_nobody(
    crowd: list[Customer], manager: User, sign_in: SignIn
) -> None:
    made = automation(manager, "created", TASK)
    sign_in(manager).post(f"{FORM}?all=1", {"automation": made.pk})
    automation_switch(actor=manager, automation=made, on=False)
    assert bulk_job().result == {"changed": 0, "skipped": 12, "kept": 0}
    work()
    assert states(made) == []


def test_whoever_may_not_have_automations_runs_none(
    crowd: list[Customer], manager: User, rep: User, sign_in: SignIn, unchanged: Callable[[], None]
) -> None:
    made = automation(manager, "created", TASK)
    client = sign_in(rep)
    unchanged()
    assert client.get(selected(crowd[:1])).status_code == 404
    assert client.post(selected(crowd[:1]), {"automation": made.pk}).status_code == 404
    assert "bulk/automate" not in client.get("/customers/").content.decode()
    unchanged()


def test_the_right_is_asked_for_again_when_the_job_runs(
    crowd: list[Customer], manager: User, sign_in: SignIn
) -> None:
    made = automation(manager, "created", TASK)
    sign_in(manager).post(f"{FORM}?all=1", {"automation": made.pk})
    manager.roles.clear()
    bulk_job()
    work()
    assert Task.objects.count() == 0


def test_one_that_cannot_be_done_any_more_says_why(
    crowd: list[Customer], admin: User, manager: User, sign_in: SignIn, unchanged: Callable[[], None]
) -> None:
    made = automation(manager, "created", TASK)
    User.objects.filter(pk=manager.pk).update(is_active=False)
    client = sign_in(admin)
    unchanged()
    answer = client.post(selected(crowd[:1]), {"automation": made.pk})
    assert answer.status_code == 422
    assert "who does not work here any more" in answer.content.decode()
    unchanged()


def test_many_at_once_ask_for_no_confirmation_and_use_up_nothing(
    crowd: list[Customer], manager: User, rep: User, sign_in: SignIn, settings: Any
) -> None:
    settings.AUTOMATION_RUNS_PER_HOUR = 5
    made = automation(manager, "created", TASK)
    sign_in(manager).post(f"{FORM}?all=1", {"automation": made.pk})
    bulk_job()
    work()
    assert states(made) == ["done"] * 12
    made = Automation.objects.get()
    assert made.held_at is None
