"""Changing many records: as far as one may, all of it or the rest later, and back again."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from contacts.kinds import CUSTOMERS
from contacts.models import Customer, Task
from contacts.services.customer import customer_create, customer_delete, customer_edit
from crm.audit.models import AuditEntry
from crm.bulk.actions import list_actions
from crm.bulk.models import BulkBatch, BulkRun
from crm.bulk.services import batch_apply, counts, run_ask_undo, run_create, run_stage
from crm.jobs.models import Job
from crm.jobs.services import run as run_job
from crm.notifications.models import Notification
from crm.search.models import SearchRow
from crm.staff.models import User

SignIn = Callable[[User], Client]
LIST = "/lists/contacts-customer/"


@pytest.fixture
def crowd(manager: User, monkeypatch: pytest.MonkeyPatch) -> list[Customer]:
    """25 people in Bern, 5 elsewhere; batches of ten, and from six on a job."""
    monkeypatch.setattr("crm.bulk.services.BATCH", 10)
    monkeypatch.setattr("crm.bulk.services.AT_ONCE", 5)
    made = []
    for index in range(30):
        values = {"name": f"Person {index:02d}", "kind": "person", "city": "Bern" if index < 25 else "Ulm"}
        made.append(customer_create(actor=manager, values=values))
    return made


def ask(user: User, key: str, params: dict[str, Any], query: str = "") -> BulkRun:
    return run_create(
        actor=user, kind=CUSTOMERS, action=list_actions()[key], params=params, selection={"query": query}
    )


def work(name: str = "bulk.run") -> Job:
    job = Job.objects.filter(name=name).latest("pk")
    run_job(job.pk)
    job.refresh_from_db()
    return job


BERN = "rule=" + json.dumps({"field": "city", "op": "is", "value": "Bern"})


def test_all_results_are_assigned_by_a_job_and_set_back(
    crowd: list[Customer], manager: User, rep: User, sign_in: SignIn
) -> None:
    client = sign_in(manager)
    answer = client.post(f"{LIST}bulk/assign/?{BERN}&all=1", {"field": "owner", "value-owner": rep.pk})
    run = BulkRun.objects.get()
    assert answer.headers["Location"] == f"/bulk/{run.pk}/"
    job = work()
    assert (job.state, job.result) == ("done", {"changed": 25, "skipped": 0, "kept": 0})
    assert Customer.objects.filter(owner=rep).count() == 25
    assert SearchRow.objects.filter(object_type="contacts.customer", owner_id=rep.pk).count() == 25
    assert AuditEntry.objects.filter(action="contacts.customer.edit", after={"owner": rep.pk}).count() == 25
    assert "Changed" in client.get(f"/bulk/{run.pk}/").content.decode()
    client.post(f"/bulk/{run.pk}/undo/")
    assert work("bulk.undo").result == {"changed": 25, "skipped": 0, "kept": 0}
    assert Customer.objects.filter(owner=manager).count() == 30
    assert not SearchRow.objects.filter(owner_id=rep.pk).exists()


def test_whoever_is_given_many_records_is_not_told_of_each(
    crowd: list[Customer], manager: User, rep: User
) -> None:
    ask(manager, "assign", {"field": "owner", "value": rep.pk})
    work()
    assert Notification.objects.filter(user=rep).count() <= 1


def test_a_few_are_changed_at_once_with_undo(crowd: list[Customer], manager: User, sign_in: SignIn) -> None:
    client = sign_in(manager)
    ids = "&".join(f"id={customer.pk}" for customer in crowd[:3])
    answer = client.post(f"{LIST}bulk/edit/?{ids}&sort=name", {"field": "city", "value-city": "Basel"})
    assert answer.headers["Location"] == "/customers/?sort=name"
    assert not Job.objects.filter(name="bulk.run").exists()
    assert Customer.objects.filter(city="Basel").count() == 3
    assert "City: " in client.get("/customers/").content.decode()
    client.post(f"/bulk/{BulkRun.objects.get().pk}/undo/")
    assert Customer.objects.filter(city="Bern").count() == 25
    assert SearchRow.objects.filter(object_id=crowd[0].pk, text__contains="bern").exists()


def test_undo_leaves_alone_what_was_changed_again(crowd: list[Customer], manager: User) -> None:
    run = ask(manager, "edit", {"field": "city", "value": "Basel"}, BERN)
    work()
    touched = Customer.objects.get(pk=crowd[0].pk)
    customer_edit(actor=manager, customer=touched, values={"city": "Genf"}, version=touched.version)
    run_ask_undo(actor=manager, run=run)
    assert work("bulk.undo").result["kept"] == 1
    assert set(Customer.objects.values_list("city", flat=True)) == {"Bern", "Ulm", "Genf"}


def test_rows_that_change_meanwhile_are_judged_when_their_turn_comes(
    crowd: list[Customer], manager: User
) -> None:
    run = ask(manager, "edit", {"field": "city", "value": "Basel"}, BERN)
    run_stage(run)
    customer_create(actor=manager, values={"name": "Late", "kind": "person", "city": "Bern"})
    customer_delete(actor=manager, customer=Customer.objects.get(pk=crowd[0].pk))
    assert work().result == {"changed": 24, "skipped": 1, "kept": 0}
    assert Customer.objects.get(name="Late").city == "Bern"


def test_a_run_stopped_half_way_has_whole_batches_and_can_be_undone(
    crowd: list[Customer], manager: User, sign_in: SignIn
) -> None:
    run = ask(manager, "edit", {"field": "city", "value": "Basel"}, BERN)
    run_stage(run)
    batch_apply(run, run.batches.get(number=0).pk)
    client = sign_in(manager)
    client.post(f"/jobs/{Job.objects.get(name='bulk.run').pk}/cancel/")
    assert work().state == "cancelled"
    assert Customer.objects.filter(city="Basel").count() == 10
    assert "Stopped" in client.get(f"/bulk/{run.pk}/").content.decode()
    client.post(f"/bulk/{run.pk}/undo/")
    work("bulk.undo")
    assert Customer.objects.filter(city="Bern").count() == 25


def test_a_batch_done_twice_is_done_once(crowd: list[Customer], manager: User) -> None:
    run = ask(manager, "tag", {"tag": "vip"}, BERN)
    run_stage(run)
    run_stage(run)
    pk = run.batches.get(number=0).pk
    batch_apply(run, pk)
    before = BulkBatch.objects.get(pk=pk).before
    batch_apply(run, pk)
    assert (BulkBatch.objects.get(pk=pk).before, counts(run)["changed"]) == (before, 10)
    assert AuditEntry.objects.filter(action="contacts.customer.tag").count() == 10


def test_tags_come_and_go(crowd: list[Customer], manager: User, sign_in: SignIn) -> None:
    client = sign_in(manager)
    ids = "&".join(f"id={customer.pk}" for customer in crowd[:4])
    client.post(f"{LIST}bulk/tag/?{ids}", {"tag": "  vip "})
    assert Customer.objects.filter(tags__name="vip").count() == 4
    client.post(f"{LIST}bulk/untag/?{ids}", {"tag": "vip"})
    assert not Customer.objects.filter(tags__name="vip").exists()
    client.post(f"/bulk/{BulkRun.objects.latest('pk').pk}/undo/")
    assert Customer.objects.filter(tags__name="vip").count() == 4


def test_tasks_about_each_and_their_undo(crowd: list[Customer], manager: User, sign_in: SignIn) -> None:
    client = sign_in(manager)
    ids = "&".join(f"id={customer.pk}" for customer in crowd[:3])
    client.post(f"{LIST}bulk/task/?{ids}", {"title": "Call", "due_on": "2026-12-01"})
    assert Task.objects.filter(title="Call", owner=manager, due_on="2026-12-01").count() == 3
    Task.objects.filter(customer=crowd[0]).update(version=2)
    client.post(f"/bulk/{BulkRun.objects.get().pk}/undo/")
    assert [task.customer_id for task in Task.objects.filter(deleted_at=None)] == [crowd[0].pk]


def test_deleting_many_and_bringing_them_back(crowd: list[Customer], manager: User, sign_in: SignIn) -> None:
    client = sign_in(manager)
    ids = "&".join(f"id={customer.pk}" for customer in crowd[:3])
    client.post(f"{LIST}bulk/delete/?{ids}")
    assert Customer.objects.alive().count() == 27
    client.post(f"/bulk/{BulkRun.objects.get().pk}/undo/")
    assert Customer.objects.alive().count() == 30
    assert SearchRow.objects.filter(object_type="contacts.customer").count() == 30


# --- as far as one may -------------------------------------------------------------------------------------


def test_hidden_and_forbidden_rows_are_left_out(
    crowd: list[Customer], rep: User, agent: User, manager: User, sign_in: SignIn
) -> None:
    """A salesperson edits what their team owns, whatever ids are sent."""
    mine = customer_create(actor=rep, values={"name": "Mine", "kind": "person", "city": "Bern"})
    ids = "&".join(f"id={customer.pk}" for customer in [*crowd[:3], mine])
    sign_in(rep).post(f"{LIST}bulk/edit/?{ids}", {"field": "city", "value-city": "Basel"})
    assert list(Customer.objects.filter(city="Basel")) == [mine]


def test_all_results_need_the_right_to_change_in_bulk(
    crowd: list[Customer], rep: User, sign_in: SignIn, unchanged: Callable[[], None]
) -> None:
    client = sign_in(rep)
    unchanged()
    answer = client.post(f"{LIST}bulk/edit/?all=1", {"field": "city", "value-city": "Basel"})
    assert answer.status_code == 403
    unchanged()


@pytest.mark.parametrize("action", ["assign", "edit", "tag", "delete", "nothing", "export"])
def test_what_is_not_offered_is_not_found(
    action: str,
    crowd: list[Customer],
    outsider: User,
    narrow: User,
    sign_in: SignIn,
    unchanged: Callable[[], None],
) -> None:
    clients = [sign_in(outsider), sign_in(narrow)]
    unchanged()
    address = f"{LIST}bulk/{action}/?id={crowd[0].pk}"
    data = {"field": "owner", "value-owner": narrow.pk, "tag": "x"}
    assert clients[0].post(address, data).status_code == 403
    unchanged()
    if action in ("assign", "nothing", "export"):
        assert clients[1].post(address, data).status_code == 404
        unchanged()


@pytest.mark.parametrize(
    "data",
    [{}, {"field": "name", "value-name": "X"}, {"field": "password"}, {"field": "country", "value-country": "XX"},
     {"field": "owner", "value-owner": "999999"}, {"field": "lifetime_value", "value-lifetime_value": "1"},
     {"field": "city", "value-city": "x" * 500}],
)  # fmt: skip
def test_a_value_that_does_not_fit_is_refused_at_its_field(
    data: dict[str, str], crowd: list[Customer], manager: User, sign_in: SignIn, unchanged: Callable[[], None]
) -> None:
    client = sign_in(manager)
    unchanged()
    assert client.post(f"{LIST}bulk/edit/?id={crowd[0].pk}", data).status_code == 422
    unchanged()


def test_a_rule_that_cannot_be_asked_changes_nothing(crowd: list[Customer], manager: User) -> None:
    ask(manager, "delete", {}, 'rule={"field": "gone", "op": "is", "value": 1}')
    for _attempt in range(5):
        Job.objects.update(state="queued", due_at="2020-01-01T00:00Z")
        job = work()
    assert job.state == "dead"
    assert "gone" in job.error
    assert Customer.objects.alive().count() == 30


def test_the_runs_of_others_are_not_found(
    crowd: list[Customer], manager: User, admin: User, sign_in: SignIn, unchanged: Callable[[], None]
) -> None:
    run = ask(manager, "tag", {"tag": "vip"})
    client = sign_in(admin)
    unchanged()
    assert client.get(f"/bulk/{run.pk}/").status_code == 404
    assert client.post(f"/bulk/{run.pk}/undo/").status_code == 404
    unchanged()


def test_undo_is_asked_for_once(crowd: list[Customer], manager: User, sign_in: SignIn) -> None:
    run = ask(manager, "tag", {"tag": "vip"})
    work()
    client = sign_in(manager)
    client.post(f"/bulk/{run.pk}/undo/")
    client.post(f"/bulk/{run.pk}/undo/")
    assert Job.objects.filter(name="bulk.undo").count() == 1


# --- export -----------------------------------------------------------------------------------------------


def export(client: Client, query: str) -> str:
    client.post(f"{LIST}export/?{query}")
    job = work("bulk.export_list")
    assert job.state == "done", job.error
    return b"".join(client.get(f"/job-files/{job.files.get().pk}/").streaming_content).decode("utf-8-sig")


def test_a_list_is_exported_in_its_columns_without_formulas(
    crowd: list[Customer], manager: User, sign_in: SignIn
) -> None:
    Customer.objects.filter(pk=crowd[0].pk).update(name='=HYPERLINK("x")', city="Bern, BE")
    text = export(sign_in(manager), f"{BERN.replace('is', 'begins')}&columns=name,city&all=1")
    lines = text.splitlines()
    assert lines[0] == "id,Name,City"
    assert lines[1] == f'{crowd[0].pk},"\'=HYPERLINK(""x"")","Bern, BE"'
    assert len(lines) == 26


def test_two_exports_are_two_files(crowd: list[Customer], manager: User, sign_in: SignIn) -> None:
    client = sign_in(manager)
    client.post(f"{LIST}export/?all=1&columns=name")
    client.post(f"{LIST}export/?all=1&columns=city")
    assert Job.objects.filter(name="bulk.export_list").count() == 2


def test_an_export_holds_what_its_reader_may_export(
    crowd: list[Customer], rep: User, manager: User, narrow: User, sign_in: SignIn
) -> None:
    assert sign_in(rep).post(f"{LIST}export/?all=1").status_code == 403
    role = narrow.roles.get()
    role.matrix["contacts.customer"]["export"] = "own"
    role.save()
    mine = customer_create(actor=narrow, values={"name": "Mine", "kind": "person"})
    client = sign_in(narrow)
    text = export(client, f"all=1&columns=name,lifetime_value&id={crowd[0].pk}")
    assert text.splitlines() == ["id,Name", f"{mine.pk},Mine"]


def test_a_form_sent_twice_acts_once(crowd: list[Customer], manager: User, sign_in: SignIn) -> None:
    client = sign_in(manager)
    address = f"{LIST}bulk/task/?id={crowd[0].pk}"
    for _attempt in range(2):
        client.post(address, {"title": "Call", "submission": "one"})
    assert Task.objects.count() == 1
    assert client.post(address, {"title": "Write", "submission": "one"}).status_code == 422


def test_a_long_run_goes_on_in_another_task(
    crowd: list[Customer], manager: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("crm.bulk.services.SLICE_SECONDS", -1)
    ask(manager, "tag", {"tag": "vip"}, BERN)
    states = [work().state for _slice in range(3)]
    assert states == ["queued", "queued", "queued"]
    job = work()
    assert (job.state, job.attempts, job.result["changed"]) == ("done", 1, 25)
