"""What a declaration is worth: of this kind of record there is only tests/sample/machines.py and its model."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from contacts.models import Customer
from crm.access.models import Role
from crm.audit.models import AuditEntry
from crm.bulk.models import BulkRun
from crm.fields.models import CustomField
from crm.jobs.models import Job
from crm.jobs.services import run as run_job
from crm.notifications.models import Notification
from crm.staff.models import User
from tests.sample.models import Machine

SignIn = Callable[[User], Client]
LIST = "/sample/machines/"
HTMX = {"HX-Request": "true"}
ALL = dict.fromkeys(("view", "create", "edit", "delete", "export", "bulk", "assign"), "all")


@pytest.fixture
def keeper(rep: User) -> User:
    """May do everything with machines."""
    Role.objects.create(key="keeper", name="Keeper", matrix={"sample.machine": ALL}).users.add(rep)
    return rep


@pytest.fixture
def client(keeper: User, sign_in: SignIn) -> Client:
    return sign_in(keeper)


def machine(client: Client, name: str = "Linea", **values: Any) -> Machine:
    answer = client.post(f"{LIST}new/", {"name": name, "state": "here", **values})
    assert answer.status_code == 302, answer.content.decode()
    return Machine.objects.get(name=name)


def test_it_is_made_shown_edited_deleted_and_brought_back(client: Client, customer: Customer) -> None:
    made = machine(client, price="1200.00", customer=customer.pk)
    page = client.get(f"{LIST}{made.pk}/").content.decode()
    assert "Linea" in page
    assert "Ada Lindqvist" in page
    edit = f"/lists/sample-machine/records/{made.pk}/properties/state/"
    assert client.get(edit, headers=HTMX).status_code == 200
    assert "Lent" in client.post(edit, {"value": "lent", "version": 1}, headers=HTMX).content.decode()
    client.post(f"{LIST}{made.pk}/delete/")
    assert client.get(f"{LIST}{made.pk}/").status_code == 404
    client.post(f"{LIST}{made.pk}/restore/")
    assert "Lent" in client.get(f"{LIST}{made.pk}/peek/").content.decode()
    actions = AuditEntry.objects.filter(object_type="sample.machine").values_list("action", flat=True)
    assert sorted(actions) == [f"sample.machine.{verb}" for verb in ("create", "delete", "edit", "restore")]


def test_it_has_a_list_with_filters_sorts_rules_groups_boards_and_totals(client: Client) -> None:
    for index in range(3):
        machine(client, f"Machine {index}", price=str(100 * index), state="lent" if index else "here")
    assert len(client.get(f"{LIST}?state=lent").context["rows"]) == 2
    assert next(row["name"] for row in client.get(f"{LIST}?sort=-price").context["rows"]) == "Machine 2"
    rule = json.dumps({"field": "price", "op": "gte", "value": 100})
    assert len(client.get(f"{LIST}?rule={rule}").context["rows"]) == 2
    assert [group.count for group in client.get(f"{LIST}?group=state").context["groups"]] == [2, 1]
    board = client.get(f"{LIST}?layout=board&board=state").context["board"]
    assert [(column.label, column.count) for column in board["columns"]] == [("Lent", 2), ("Here", 1)]
    assert "$300" in client.get(f"{LIST}?totals=1", headers=HTMX).content.decode()


def test_it_has_views_bulk_actions_and_export(client: Client, keeper: User) -> None:
    made = [machine(client, f"Machine {index}") for index in range(3)]
    client.post(
        "/lists/sample-machine/views/new/", {"name": "Mine", "share": "private", "query": "state=here"}
    )
    assert "Mine" in client.get(LIST).content.decode()
    ids = "&".join(f"id={item.pk}" for item in made)
    client.post(f"/lists/sample-machine/bulk/edit/?{ids}", {"field": "state", "value-state": "lent"})
    assert Machine.objects.filter(state="lent").count() == 3
    client.post(f"/bulk/{BulkRun.objects.get().pk}/undo/")
    assert Machine.objects.filter(state="here").count() == 3
    client.post("/lists/sample-machine/export/?all=1")
    job = Job.objects.get(name="bulk.export_list")
    run_job(job.pk)
    assert Job.objects.get(pk=job.pk).result == {"rows": 3}


def test_it_takes_custom_fields(client: Client) -> None:
    CustomField.objects.create(kind="sample.machine", key="serial", label="Serial number", type="text")
    made = machine(client, **{"custom.serial": "X-1"})
    assert made.custom == {"serial": "X-1"}
    assert "Serial number" in client.get(f"{LIST}{made.pk}/").content.decode()
    rule = json.dumps({"field": "custom.serial", "op": "begins", "value": "x"})
    assert len(client.get(f"{LIST}?rule={rule}").context["rows"]) == 1


def test_it_is_found_and_asked_for_beside_the_customer(client: Client, customer: Customer) -> None:
    machine(client, customer=customer.pk)
    assert "Linea" in client.get("/search/?q=line", headers=HTMX).content.decode()
    rule = json.dumps({"related": "machines", "op": "some"})
    assert [row["name"] for row in client.get(f"/customers/?rule={rule}").context["rows"]] == [
        "Ada Lindqvist"
    ]


def test_whoever_follows_it_is_told(client: Client, keeper: User, manager: User, sign_in: SignIn) -> None:
    Role.objects.get(key="keeper").users.add(manager)
    made = machine(client)
    sign_in(manager).post("/notifications/follow/", {"type": "sample.machine", "id": made.pk})
    edit = f"/lists/sample-machine/records/{made.pk}/fields/state/"
    client.post(edit, {"value": "lent", "version": 1}, headers=HTMX)
    for job in Job.objects.filter(name__startswith="notifications.", state="queued"):
        run_job(job.pk)
    assert Notification.objects.filter(user=manager).exists()


def test_it_belongs_to_those_who_may_see_it(
    client: Client, narrow: User, outsider: User, sign_in: SignIn
) -> None:
    made = machine(client)
    role = narrow.roles.get()
    role.matrix["sample.machine"] = dict.fromkeys(ALL, "own")
    role.save()
    stranger = sign_in(narrow)
    assert stranger.get(LIST).context["rows"] == []
    assert stranger.get(f"{LIST}{made.pk}/").status_code == 404
    assert stranger.post(f"{LIST}{made.pk}/delete/").status_code == 404
    assert sign_in(outsider).get(LIST).status_code == 403
    assert Machine.objects.get().deleted_at is None


@pytest.mark.parametrize(
    "data",
    [{}, {"name": "", "state": "here"}, {"name": "x" * 101, "state": "here"}, {"name": "X", "state": "gone"}],
)
def test_what_does_not_fit_is_refused(
    data: dict[str, str], client: Client, unchanged: Callable[[], None]
) -> None:
    unchanged()
    assert client.post(f"{LIST}new/", data).status_code == 422
    unchanged()
