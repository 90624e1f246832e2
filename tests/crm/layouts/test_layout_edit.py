"""Arranging a layout in the settings: saved, refused with a reason, merged, reset and brought back."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from contacts.kinds import CUSTOMERS
from contacts.models import Customer
from crm.access.models import Role
from crm.audit.models import AuditEntry
from crm.fields.models import CustomField
from crm.layouts.arrangement import Arrangement, Group
from crm.layouts.models import RecordLayout
from crm.layouts.services import layout_edit
from crm.records.errors import StaleRecord
from crm.staff.models import User

SignIn = Callable[[User], Client]
EDITOR = "/settings/layouts/contacts-customer/"


@pytest.fixture
def client(admin: User, sign_in: SignIn) -> Client:
    return sign_in(admin)


def sent(client: Client, address: str = EDITOR, **changed: Any) -> dict[str, Any]:
    """The form as the page gives it, with some parts changed."""
    return inputs(client.get(address)) | changed


def inputs(page: Any) -> dict[str, Any]:
    form = page.context["form"]
    return {"version": form.text_of("version"), **dict(form.seen()), **dict(page.context["parts"])}


def groups(*groups: Any, hidden: Any = ()) -> str:
    found = [{"title": title, "fields": list(fields), "folded": False} for title, fields in groups]
    return json.dumps({"groups": found, "hidden": list(hidden)})


def test_it_is_saved_for_a_role_and_told_in_the_history(
    client: Client, rep: User, sign_in: SignIn, customer: Customer
) -> None:
    role = Role.objects.get(key="sales-rep")
    address = f"{EDITOR}roles/{role.pk}/"
    answer = client.post(
        address, sent(client, address, properties=groups(("  First  of all ", ["city"]), hidden=["street"]))
    )
    assert (answer.status_code, answer.headers["Location"]) == (302, address)
    page = sign_in(rep).get(f"/customers/{customer.pk}/")
    assert page.context["property_groups"][0].title == "First of all"
    entry = AuditEntry.objects.get(action="layouts.layout.create")
    assert entry.after["groups"] == ["First of all (City)"]
    assert "Street" in entry.after["hidden_properties"]
    told = client.get(address)
    assert "First of all (City)" in told.content.decode()
    assert [link["label"] for link in told.context["links"] if link["has_own"]] == ["Sales rep"]
    assert "Own layout" in client.get("/settings/layouts/").content.decode()


def test_saving_what_is_there_writes_nothing_more(client: Client) -> None:
    client.post(EDITOR, sent(client))
    assert client.post(EDITOR, sent(client)).status_code == 302
    assert RecordLayout.objects.get().version == 1
    assert AuditEntry.objects.filter(object_type="layouts.recordlayout").count() == 1


BAD = {
    "not JSON": ("properties", "{", "This is no layout"),
    "a list": ("properties", "[]", "This is no layout"),
    "nothing": ("properties", "", "This is no layout"),
    "deep": ("properties", "[" * 20_000, "This is no layout"),
    "unknown field": ("properties", groups(("A", ["nonsense"])), "nothing called “nonsense”"),
    "field twice": ("properties", groups(("A", ["city"]), ("B", ["city"])), "“City” stands there twice"),
    "shown and hidden": ("properties", groups(("A", ["city"]), hidden=["city"]), "stands there twice"),
    "key that is no text": ("properties", groups(("A", [["city"]])), "This is no layout"),
    "10,000 groups": ("properties", groups(*[("", [])] * 900), "at most 30 groups"),
    "too long": ("properties", groups(*[("", [])] * 10_000), "too long"),
    "two of a name": ("properties", groups(("A", []), ("a", [])), "same name"),
    "long name": ("properties", groups(("A" * 61, [])), "at most 60"),
    "invisible name": ("properties", groups(("A\u200b", [])), "invisible"),
    "no letter at all": ("properties", groups(("A\x00", [])), "This is no layout"),
    "half a letter": ("properties", groups(("A", ["\ud800"])), "This is no layout"),
    "no tab": ("tabs", '{"shown":[],"hidden":["timeline","tasks","history"]}', "At least one tab"),
    "unknown tab": ("tabs", '{"shown":["x"],"hidden":[]}', "nothing called “x”"),
    "tab twice": ("tabs", '{"shown":["tasks"],"hidden":["tasks"]}', "“Tasks” stands there twice"),
    "unknown panel": ("panels", '{"shown":[],"hidden":["<b>"]}', "nothing called “&lt;b&gt;”"),
    "panels no JSON": ("panels", "null", "This is no layout"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_layout_is_refused_at_its_part(
    name: str, client: Client, unchanged: Callable[[], None]
) -> None:
    part, text, reason = BAD[name]
    data = sent(client, **{part: text})
    unchanged()
    answer = client.post(EDITOR, data)
    assert answer.status_code == 422
    assert reason in answer.content.decode()
    assert list(answer.context["form"].errors) == [part]
    unchanged()


def test_what_was_sent_with_a_mistake_is_drawn_again(client: Client) -> None:
    answer = client.post(EDITOR, sent(client, properties=groups(("A", ["city"]), ("a", ["street"]))))
    drawn = [(group["title"], [item["key"] for item in group["items"]]) for group in answer.context["groups"]]
    assert drawn == [("A", ["city"]), ("a", ["street"])]


def test_of_two_administrators_the_second_is_told_and_loses_nothing(client: Client) -> None:
    first, second = sent(client), sent(client)
    client.post(EDITOR, first | {"properties": groups(("First", ["city"]))})
    mine = second | {
        "properties": groups(("Second", ["street"])),
        "panels": '{"shown":["value"],"hidden":[]}',
    }
    answer = client.post(EDITOR, mine)
    assert answer.status_code == 409
    assert RecordLayout.objects.get().properties["groups"][0]["title"] == "First"
    assert [field.label for field in answer.context["both_changed"]] == ["properties"]
    assert answer.context["groups"][0]["title"] == "Second"
    assert client.post(EDITOR, inputs(answer)).status_code == 302
    assert RecordLayout.objects.get().properties["groups"][0]["title"] == "Second"


def test_a_stale_save_of_another_part_keeps_what_the_first_saved(client: Client) -> None:
    first, second = sent(client), sent(client)
    client.post(EDITOR, first | {"properties": groups(("First", ["city"]))})
    answer = client.post(EDITOR, second | {"tabs": '{"shown":["tasks","timeline","history"],"hidden":[]}'})
    assert (answer.status_code, answer.context["both_changed"]) == (409, [])
    assert answer.context["groups"][0]["title"] == "First"
    assert answer.context["orders"][0]["rows"][0]["key"] == "tasks"


def test_it_is_reset_and_brought_back(client: Client, rep: User, sign_in: SignIn, customer: Customer) -> None:
    client.post(EDITOR, sent(client, properties=groups(("Mine", ["city"]))))
    row = RecordLayout.objects.get()
    page = client.post(f"/settings/layouts/{row.pk}/reset/", follow=True)
    assert f"/settings/layouts/{row.pk}/restore/" in page.content.decode()
    assert sign_in(rep).get(f"/customers/{customer.pk}/").context["property_groups"][1].title == "Reach"
    assert client.post(f"/settings/layouts/{row.pk}/reset/").status_code == 404
    client.post(f"/settings/layouts/{row.pk}/restore/")
    assert sign_in(rep).get(f"/customers/{customer.pk}/").context["property_groups"][0].title == "Mine"


def test_after_a_reset_a_new_layout_takes_its_place(client: Client) -> None:
    client.post(EDITOR, sent(client, properties=groups(("Mine", ["city"]))))
    row = RecordLayout.objects.get()
    stale = sent(client, properties=groups(("Late", ["city"])))
    client.post(f"/settings/layouts/{row.pk}/reset/")
    assert client.post(EDITOR, stale).status_code == 409
    assert client.post(EDITOR, sent(client, properties=groups(("Anew", ["city"])))).status_code == 302
    assert client.post(f"/settings/layouts/{row.pk}/restore/").status_code == 404
    assert RecordLayout.objects.get().properties["groups"][0]["title"] == "Anew"


def test_the_editor_names_what_vanished_and_saving_lets_it_go(client: Client) -> None:
    field = CustomField.objects.create(kind=CUSTOMERS.key, key="size", label="Size", type="text")
    client.post(EDITOR, sent(client, properties=groups(("Mine", ["custom.size", "city"]))))
    CustomField.objects.filter(pk=field.pk).update(deleted_at=timezone.now())
    page = client.get(EDITOR)
    assert page.context["gone"] == ["Size"]
    assert "Size" in page.content.decode()
    client.post(EDITOR, sent(client))
    assert RecordLayout.objects.get().properties["groups"][0]["fields"] == ["city"]


def test_a_field_that_vanished_meanwhile_is_said_and_left_out(client: Client) -> None:
    field = CustomField.objects.create(kind=CUSTOMERS.key, key="size", label="Size", type="text")
    data = sent(client, properties=groups(("Mine", ["custom.size", "city"])))
    CustomField.objects.filter(pk=field.pk).update(deleted_at=timezone.now())
    answer = client.post(EDITOR, data)
    assert answer.status_code == 422
    assert [item["key"] for item in answer.context["groups"][0]["items"]] == ["city"]
    assert client.post(EDITOR, inputs(answer)).status_code == 302


def test_a_kind_without_a_layout_is_not_there(client: Client, unchanged: Callable[[], None]) -> None:
    unchanged()
    for slug in ("contacts-task", "sales-order", "nothing"):
        assert client.get(f"/settings/layouts/{slug}/").status_code == 404
        assert client.post(f"/settings/layouts/{slug}/").status_code == 404
    unchanged()


def test_whoever_may_only_see_layouts_changes_none(
    outsider: User, client: Client, sign_in: SignIn, unchanged: Callable[[], None]
) -> None:
    Role.objects.create(key="r", name="R", matrix={"layouts.layout": {"view": "all"}}).users.add(outsider)
    data = sent(client)
    reader = sign_in(outsider)
    unchanged()
    assert b"disabled" in reader.get(EDITOR).content
    assert reader.post(EDITOR, data).status_code == 403
    with pytest.raises(PermissionDenied):
        layout_edit(actor=outsider, kind=CUSTOMERS, role=None, arrangement=Arrangement(), version=0)
    unchanged()


def test_seeing_as_a_role_shows_its_layout(client: Client, customer: Customer) -> None:
    role = Role.objects.get(key="sales-rep")
    address = f"{EDITOR}roles/{role.pk}/"
    client.post(address, sent(client, address, properties=groups(("Reps", ["city"]))))
    client.post("/settings/preview/", {"kind": "role", "pk": role.pk})
    assert client.get(f"/customers/{customer.pk}/").context["property_groups"][0].title == "Reps"


@pytest.mark.django_db(transaction=True)
def test_of_two_first_layouts_at_once_one_is_stale(admin: User) -> None:
    def save(title: str) -> str:
        try:
            arrangement = Arrangement((Group(title, ("city",)),))
            layout_edit(actor=admin, kind=CUSTOMERS, role=None, arrangement=arrangement, version=0)
            return "saved"
        except StaleRecord:
            return "stale"
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(save, ("One", "Two"))) == ["saved", "stale"]
    assert RecordLayout.objects.count() == 1


def test_the_editor_costs_at_most_17_queries(client: Client, count_queries: Any) -> None:
    client.get(EDITOR)
    with count_queries() as queries:
        client.get(EDITOR)
    assert len(queries) <= 17, "\n".join(query["sql"][:100] for query in queries)


def test_the_composer_gets_along_without_the_tab_of_tasks(
    client: Client, rep: User, sign_in: SignIn, customer: Customer
) -> None:
    client.post(EDITOR, sent(client, tabs='{"shown":["history"],"hidden":["timeline","tasks"]}'))
    answer = sign_in(rep).post(
        reverse("contacts:interaction-create", args=[customer.pk]),
        {"kind": "task", "body": "Call"},
        headers={"HX-Request": "true"},
    )
    assert answer.status_code == 200
    assert "Task added." in answer.headers["HX-Trigger"]
