"""What one may not see cannot be reached by asking cleverly: hidden rows, hidden fields."""

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest

from contacts.models import Customer, CustomerValue
from contacts.services.customer import customer_create
from crm.access.models import Role
from crm.fields.models import CustomField
from crm.lists.models import View
from crm.staff.models import User
from sales.models import Order, Product
from tests.crm.api.conftest import Api


@pytest.fixture
def secret(rep: User) -> Customer:
    employer = customer_create(actor=rep, values={"name": "Secret Works", "kind": "organisation"})
    return customer_create(
        actor=rep,
        values={"name": "Secret Person", "city": "Bern", "organisation": employer},
        email="s@x.example",
    )


def asked(rule: Any) -> str:
    return quote(json.dumps(rule))


def test_hidden_rows_are_nowhere(
    secret: Customer, narrow: User, api: Api, unchanged: Callable[[], None]
) -> None:
    client = api(narrow)
    unchanged()
    rule = {"field": "city", "op": "is", "value": "Bern"}
    addresses = (
        "",
        "?city=Bern",
        f"?id={secret.pk}",
        "?q=secret",
        f"?rule={asked(rule)}",
        "?sort=-name",
        "?email=s@x.example",
    )
    for address in addresses:
        joined = f"customers/{address}{'&' if address else '?'}count=true"
        document = client.get(joined).json()
        assert (document["results"], document["count"]) == ([], 0), address
    assert client.post("customers/query/", {"rule": rule, "count": True}).json()["count"] == 0
    assert client.post("rules/check/", {"kind": "customers", "rule": rule}).json()["count"] == 0
    explained = client.post("rules/explain/", {"kind": "customers", "rule": rule, "id": secret.pk})
    assert explained.status_code == 404
    assert client.get(f"customers/{secret.pk}/").status_code == 404
    assert client.get(f"customers/{secret.pk}/value/").status_code == 403  # narrow may see no value at all
    for name in ("contact-points", "relationships", "interactions", "consents"):
        assert client.get(f"{name}/?customer={secret.pk}").json().get("results", []) == []
    unchanged()


def test_hidden_records_cannot_be_written_or_pointed_to(
    secret: Customer, narrow: User, api: Api, unchanged: Callable[[], None]
) -> None:
    client = api(narrow)
    unchanged()
    assert client.patch(f"customers/{secret.pk}/", {"city": "X"}, If_Match="*").status_code == 404
    assert client.delete(f"customers/{secret.pk}/", If_Match="*").status_code == 404
    for name, values in {
        "customers": {"name": "Spy", "organisation": secret.organisation_id},
        "tasks": {"title": "Spy", "customer": secret.pk},
        "interactions": {"kind": "note", "summary": "Spy", "customer": secret.pk},
        "orders": {"customer": secret.pk, "lines": [{"text": "Spy", "unit_amount": "1.00"}]},
    }.items():
        answer = client.post(f"{name}/", values)
        assert answer.status_code == 422, name
        assert answer.json()["errors"][0]["detail"] == "There is no such record."
    operations = {"operations": [{"op": "delete", "id": secret.pk, "version": 1}]}
    assert client.post("customers/batch/", operations).json()["results"][0]["status"] == 404
    unchanged()


def test_a_hidden_employer_is_neither_shown_nor_written_over(
    secret: Customer, narrow: User, api: Api
) -> None:
    Customer.objects.filter(pk=secret.pk).update(owner=narrow)
    client = api(narrow)
    row = client.get(f"customers/{secret.pk}/").json()
    assert row["organisation"] is None
    assert client.get(f"customers/?organisation={secret.organisation_id}").json()["results"] == []
    answer = client.patch(f"customers/{secret.pk}/", {"organisation": None}, If_Match="*")
    assert answer.status_code == 422
    secret.refresh_from_db()
    assert secret.organisation_id


def test_a_hidden_field_does_not_exist(rep: User, customer: Customer, api: Api) -> None:
    CustomerValue.objects.create(
        customer=customer, run_number=1, as_of="2026-01-01", computed_at="2026-01-01T00:00Z", lifetime_value=5
    )
    role = Role.objects.get(key="sales-rep")
    role.matrix = {key: value for key, value in role.matrix.items() if key != "analytics.value"}
    role.save()
    client = api(rep)
    assert "lifetime_value" not in client.get("customers/").json()["results"][0]
    rule = {"field": "lifetime_value", "op": "gt", "value": 1}
    for address in (
        "fields=lifetime_value",
        "sort=lifetime_value",
        "lifetime_value__gte=1",
        f"rule={asked(rule)}",
    ):
        known, unknown = (
            client.get(f"customers/?{address}"),
            client.get(f"customers/?{address.replace('lifetime_value', 'no_such_thing')}"),
        )
        assert known.status_code == unknown.status_code == 400
        assert known.content.replace(b"lifetime_value", b"no_such_thing") == unknown.content
    assert client.post("customers/query/", {"rule": rule}).status_code == 422
    assert client.get(f"customers/{customer.pk}/value/").status_code == 403
    assert "lifetime_value" not in client.get("rules/catalogue/?kind=customers").content.decode()
    schema = client.client.get("/api/schema/?format=json", headers={"Authorization": f"Bearer {client.text}"})
    assert "lifetime_value" not in schema.json()["components"]["schemas"]["Customer"]["properties"]


def test_costs_are_closed_to_those_who_may_not_know_them(rep: User, api: Api) -> None:
    Product.objects.create(code="B1", name="Beans", price_amount="12.50", cost_amount=5)
    Role.objects.filter(key="sales-rep").update(field_groups={"finance": "hidden", "privacy": "read"})
    client = api(rep)
    assert "cost" not in client.get("products/").json()["results"][0]
    assert client.get("products/?cost__gte=1").status_code == 400
    assert client.get("orders/?sort=margin").status_code == 400


def test_a_view_grants_nothing(secret: Customer, rep: User, narrow: User, api: Api) -> None:
    given = {
        "name": "Bern",
        "kind": "customers",
        "share": "everyone",
        "columns": ["name", "city"],
        "rule": {"field": "city", "op": "is", "value": "Bern"},
    }
    made = api(rep).post("views/", given)
    assert made.status_code == 201, made.content
    path = f"views/{made.json()['id']}/"
    [row] = api(rep).get(f"{path}rows/").json()["results"]
    assert row == {"id": secret.pk, "name": "Secret Person", "city": "Bern"}
    assert api(narrow).get(f"{path}rows/").json()["results"] == []
    assert api(narrow).patch(path, {"name": "Mine"}, If_Match="*").status_code == 403
    View.objects.update(share="private")
    assert api(narrow).get(path).status_code == 404


def test_custom_fields_are_read_written_and_asked(rep: User, customer: Customer, api: Api) -> None:
    CustomField.objects.create(kind="contacts.customer", key="size", label="Size", type="number")
    CustomField.objects.create(
        kind="contacts.customer", key="tier", label="Tier", type="choice", choices=[["a", "A"], ["b", "B"]]
    )
    client = api(rep)
    made = client.post("customers/", {"name": "Bo", "custom": {"size": "2.5", "tier": "a"}})
    assert made.json()["custom"] == {"size": 2.5, "tier": "a"}, made.content
    path = f"customers/{made.json()['id']}/"
    assert client.patch(path, {"custom": {"tier": "b"}}, If_Match="*").json()["custom"] == {
        "size": 2.5,
        "tier": "b",
    }
    assert client.patch(path, {"custom": {"size": None}}, If_Match="*").json()["custom"] == {
        "size": None,
        "tier": "b",
    }
    refused = client.patch(path, {"custom": {"tier": "z", "sise": 1}}, If_Match="*").json()["errors"]
    assert {error["field"] for error in refused} == {"custom.sise"}
    found = client.get("customers/?custom.tier=b&fields=name,custom.tier&sort=custom.size").json()["results"]
    assert found == [{"id": made.json()["id"], "name": "Bo", "custom": {"tier": "b"}}]
    assert not Order.objects.exists()
