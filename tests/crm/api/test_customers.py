"""Customers by the API: reading, writing, versions."""

from collections.abc import Callable

from contacts.models import Customer
from contacts.services.customer import customer_create
from crm.staff.models import User
from tests.crm.api.conftest import Api


def test_a_list_has_what_the_reader_may_know(rep: User, customer: Customer, api: Api) -> None:
    answer = api(rep).get("customers/")
    assert answer.status_code == 200
    document = answer.json()
    assert (document["next"], document["previous"]) == (None, None)
    [row] = document["results"]
    assert row["id"] == customer.pk
    assert row["name"] == "Ada Lindqvist"
    assert row["email"] == ["ada@lindqvist.example"]
    assert row["owner"] == {"id": rep.pk, "name": "Rep"}
    assert row["version"] == 1
    assert row["updated_at"].endswith("Z")


def test_a_record_carries_its_version(rep: User, customer: Customer, api: Api) -> None:
    answer = api(rep).get(f"customers/{customer.pk}/")
    assert answer.headers["ETag"] == '"1"'
    assert answer.json()["name"] == "Ada Lindqvist"


def test_creating(rep: User, customer: Customer, api: Api) -> None:
    answer = api(rep).post("customers/", {"name": "Bo Chen", "kind": "person", "city": "Bern"})
    assert answer.status_code == 201, answer.content
    made = Customer.objects.get(pk=answer.json()["id"])
    assert (made.name, made.city, made.owner) == ("Bo Chen", "Bern", rep)
    assert answer.headers["ETag"] == '"1"'


def test_editing_needs_the_version_that_was_seen(
    rep: User, customer: Customer, api: Api, unchanged: Callable[[], None]
) -> None:
    client, path = api(rep), f"customers/{customer.pk}/"
    unchanged()
    assert client.patch(path, {"city": "Bern"}).status_code == 428
    stale = client.patch(path, {"city": "Bern"}, If_Match='"7"')
    assert stale.status_code == 412
    assert stale.json()["current"]["version"] == 1
    assert stale.headers["ETag"] == '"1"'
    unchanged()
    answer = client.patch(path, {"city": "Bern"}, If_Match='W/"1"')
    assert answer.status_code == 200, answer.content
    assert (answer.json()["city"], answer.headers["ETag"]) == ("Bern", '"2"')


def test_deleting_and_restoring(rep: User, customer: Customer, api: Api) -> None:
    client, path = api(rep), f"customers/{customer.pk}/"
    assert client.delete(path).status_code == 428
    assert client.delete(path, If_Match='"1"').status_code == 204
    assert client.get(path).status_code == 404
    answer = client.post(f"{path}restore/")
    assert answer.status_code == 200, answer.content
    assert client.get(path).status_code == 200


def test_pages_follow_each_other_and_lead_back(rep: User, customer: Customer, api: Api) -> None:
    for index in range(7):
        customer_create(actor=rep, values={"name": f"Person {index}", "kind": "person"})
    for sort in ("name", "-name", "id", "-updated_at", "lifetime_value"):
        client, address, seen, previous = api(rep), f"customers/?limit=3&sort={sort}", [], ""
        while address:
            document = client.get(address).json()
            seen += [row["id"] for row in document["results"]]
            previous = document["previous"]
            address = (document["next"] or "").partition("/api/v1/")[2]
        assert len(seen) == len(set(seen)) == 8
        back = client.get(previous.partition("/api/v1/")[2]).json()
        assert [row["id"] for row in back["results"]] == seen[3:6]
