"""What must be filled in is asked for wherever it is written, by forms, cells, bulk work and the API alike."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from contacts.models import Customer
from crm.access.models import Role
from crm.audit.models import AuditEntry
from crm.fields.models import CustomField
from crm.fields.services import custom_field_create
from crm.staff.models import User

SignIn = Callable[[User], Client]
Unchanged = Callable[[], None]
Api = Callable[..., Any]
FULL = {
    "number": (3, None),
    "text": ("x", ""),
    "long_text": ("x", None),
    "link": ("https://a.example", ""),
    "choice": ("a", ""),
    "choices": (["a"], []),
    "yes_no": (False, None),
    "date": ("2026-03-01", None),
}


def add(admin: User, type_: str = "number", *, required: bool = True) -> CustomField:
    values = {"label": "Size", "type": type_, "is_required": required}
    if type_ in ("choice", "choices"):
        values["choices"] = [["a", "A"], ["b", "B"]]
    return custom_field_create(actor=admin, kind="contacts.customer", values=values)


def errors(answer: Any) -> list[str]:
    return [item["field"] for item in answer.json()["errors"]]


@pytest.mark.parametrize("type_", FULL)
def test_the_api_creates_none_without_it(
    type_: str, admin: User, rep: User, api: Api, unchanged: Unchanged
) -> None:
    add(admin, type_)
    client, (value, empty) = api(rep), FULL[type_]
    body = {"name": "Ada", "kind": "person"}
    unchanged()
    for custom in ({}, {"custom": {}}, {"custom": {"size": empty}}, {"custom": {"size": None}}):
        answer = client.post("customers/", {**body, **custom})
        assert answer.status_code == 422
        assert errors(answer) == ["custom.size"]
    unchanged()
    made = client.post("customers/", {**body, "custom": {"size": value}})
    assert made.status_code == 201, made.content
    assert Customer.objects.get().custom == {"size": value}


def test_all_that_lacks_is_told_at_once(admin: User, rep: User, api: Api) -> None:
    add(admin)
    answer = api(rep).post("customers/", {"kind": "person", "city": 3})
    assert sorted(errors(answer)) == ["city", "custom.size", "name"]


@pytest.mark.parametrize("type_", FULL)
def test_the_api_empties_it_in_none_and_leaves_old_records_alone(
    type_: str, admin: User, rep: User, api: Api, customer: Customer
) -> None:
    add(admin, type_)
    client, (value, empty) = api(rep), FULL[type_]
    path = f"customers/{customer.pk}/"
    assert client.patch(path, {"city": "Bern"}, If_Match="*").status_code == 200
    assert client.patch(path, {"custom": {}}, If_Match="*").status_code == 200
    assert errors(client.patch(path, {"custom": {"size": empty}}, If_Match="*")) == ["custom.size"]
    assert client.patch(path, {"custom": {"size": value}}, If_Match="*").status_code == 200
    assert errors(client.patch(path, {"custom": {"size": empty}}, If_Match="*")) == ["custom.size"]
    customer.refresh_from_db()
    assert (customer.city, customer.custom) == ("Bern", {"size": value})


def test_what_need_not_be_filled_in_is_emptied(admin: User, rep: User, api: Api, customer: Customer) -> None:
    add(admin, required=False)
    Customer.objects.update(custom={"size": 3})
    answer = api(rep).patch(f"customers/{customer.pk}/", {"custom": {"size": None}}, If_Match="*")
    assert answer.status_code == 200
    customer.refresh_from_db()
    assert customer.custom == {}


def test_whoever_may_not_write_the_field_is_not_asked_for_it(
    admin: User, narrow: User, api: Api, sign_in: SignIn
) -> None:
    """As in the form, which does not show it."""
    add(admin)
    role = Role.objects.get(key="own-only")
    role.matrix["contacts.customer"] = {"view": "own", "create": "all"}
    role.save()
    assert "custom.size" not in sign_in(narrow).get("/customers/new/").content.decode()
    assert api(narrow).post("customers/", {"name": "Ada", "kind": "person"}).status_code == 201


def test_a_batch_tells_it_at_its_record(admin: User, rep: User, api: Api) -> None:
    add(admin)
    items = [
        {"op": "create", "body": {"name": "A", "kind": "person", "custom": {"size": 3}}},
        {"op": "create", "body": {"name": "B", "kind": "person"}},
    ]
    answer = api(rep).post("customers/batch/", {"operations": items})
    assert "custom.size" in answer.content.decode()
    assert [customer.name for customer in Customer.objects.all()] == ["A"]


def test_a_cell_a_property_and_many_at_once_do_not_empty_it(
    admin: User, manager: User, customer: Customer, sign_in: SignIn, unchanged: Unchanged
) -> None:
    add(admin)
    Customer.objects.update(custom={"size": 3})
    client, kind = sign_in(manager), "/lists/contacts-customer"
    unchanged()
    for place in ("fields", "properties"):
        address = f"{kind}/records/{customer.pk}/{place}/custom.size/"
        assert client.post(address, {"value": "", "version": 1}).status_code == 422
    bulk = {"field": "custom.size", "value-custom.size": ""}
    assert client.post(f"{kind}/bulk/edit/?id={customer.pk}", bulk).status_code == 422
    unchanged()
    bulk["value-custom.size"] = "4"
    assert client.post(f"{kind}/bulk/edit/?id={customer.pk}", bulk).status_code == 302
    other = {"field": "city", "value-city": ""}
    assert client.post(f"{kind}/bulk/edit/?id={customer.pk}", other).status_code == 302


def test_history_sets_it_back_to_a_value_only(
    admin: User, manager: User, customer: Customer, sign_in: SignIn
) -> None:
    add(admin)
    client = sign_in(manager)
    kind = f"/lists/contacts-customer/records/{customer.pk}"
    client.post(f"{kind}/fields/custom.size/", {"value": "4", "version": 1})
    entry = AuditEntry.objects.filter(action="contacts.customer.edit").latest("pk")
    answer = client.post(f"{kind}/history/{entry.pk}/fields/custom.size/", follow=True)
    assert "It must be filled in by now." in answer.content.decode()
    customer.refresh_from_db()
    assert customer.custom == {"size": 4}
