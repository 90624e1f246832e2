"""What hangs on a customer, tasks and orders: each verb works, and tells what was wrong."""

from collections.abc import Callable
from typing import Any

from contacts.models import Consent, ContactPoint, Customer, Interaction, Relationship, Task
from contacts.services.customer import customer_create
from crm.access.models import Role
from crm.staff.models import User
from sales.models import Order, Product
from tests.crm.api.conftest import Api


def test_a_customer_comes_with_contact_points_and_tags(rep: User, api: Api) -> None:
    points = [
        {"kind": "email", "value": "Bo@Chen.example"},
        {"kind": "web", "value": "chen.example"},
        {"kind": "email", "value": "bo@home.example"},
    ]
    answer = api(rep).post(
        "customers/", {"name": " Bo  Chen ", "contact_points": points, "tags": ["vip", "new"]}
    )
    assert answer.status_code == 201, answer.content
    made = answer.json()
    assert made["name"] == "Bo Chen"
    assert made["email"] == ["bo@chen.example", "bo@home.example"]
    assert made["tags"] == ["new", "vip"]
    assert ContactPoint.objects.get(value="bo@chen.example").is_primary


def test_a_wrong_contact_point_makes_no_customer(rep: User, api: Api) -> None:
    answer = api(rep).post(
        "customers/", {"name": "Bo", "contact_points": [{"kind": "email", "value": "nowhere"}]}
    )
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "contact_points"
    assert not Customer.objects.exists()


def test_contact_points_are_written_with_the_version_of_the_customer(
    rep: User, customer: Customer, api: Api
) -> None:
    client = api(rep)
    made = client.post(
        "contact-points/", {"customer": customer.pk, "kind": "phone", "value": "+46 8 123 456"}
    )
    assert made.status_code == 201, made.content
    path, row = f"contact-points/{made.json()['id']}/", made.json()
    assert (row["value"], row["is_primary"]) == ("+468123456", True)
    assert client.patch(path, {"value": "+46 8 123 457"}, If_Match='"1"').status_code == 412
    answer = client.patch(path, {"value": "+46 8 123 457"}, If_Match=made.headers["ETag"])
    assert answer.json()["value"] == "+468123457", answer.content
    assert client.patch(path, {"value": "?"}, If_Match="*").json()["errors"] == [
        {"field": "value", "detail": "This is not a phone number."}
    ]
    assert client.delete(path, If_Match=answer.headers["ETag"]).status_code == 204
    assert [
        row["kind"] for row in client.get(f"contact-points/?customer={customer.pk}").json()["results"]
    ] == ["email"]


def test_relationships(rep: User, customer: Customer, api: Api) -> None:
    other, client = customer_create(actor=rep, values={"name": "Halden", "kind": "organisation"}), api(rep)
    given = {"customer": customer.pk, "kind": "works_for", "other": {"id": other.pk}}
    made = client.post("relationships/", given)
    assert made.status_code == 201, made.content
    assert made.json()["other"] == {"id": other.pk, "name": "Halden"}
    assert "version" not in made.json()
    wrong = client.post("relationships/", {**given, "customer": other.pk, "other": customer.pk})
    assert wrong.status_code == 422
    assert client.delete(f"relationships/{made.json()['id']}/").status_code == 204
    assert not Relationship.objects.exists()


def test_interactions(rep: User, customer: Customer, api: Api) -> None:
    client = api(rep)
    given = {
        "customer": customer.pk,
        "kind": "call",
        "summary": "Called",
        "duration_minutes": 5,
        "direction": "out",
    }
    made = client.post("interactions/", given)
    assert made.status_code == 201, made.content
    path = f"interactions/{made.json()['id']}/"
    assert made.json()["actor"]["name"] == "Rep"
    assert client.patch(path, {"body": "At length"}, If_Match='"1"').json()["body"] == "At length"
    assert client.delete(path, If_Match='"2"').status_code == 204
    assert client.post(f"{path}restore/").status_code == 200
    assert client.post("interactions/", {**given, "kind": "email"}).status_code == 422
    note = client.post("interactions/", {**given, "kind": "note"})
    assert {error["field"] for error in note.json()["errors"]} == {"direction", "duration_minutes"}
    assert Interaction.objects.count() == 1


def test_an_entry_that_says_to_whom_is_an_email(rep: User, customer: Customer, api: Api) -> None:
    client = api(rep)
    given = {"customer": customer.pk, "kind": "email", "summary": "Beans", "body": "Hello"}
    assert client.post("interactions/", {**given, "to": ["eve@elsewhere.example"]}).status_code == 422
    address = customer.contact_points.get(kind="email").value
    made = client.post("interactions/", {**given, "to": [address]})
    assert made.status_code == 201, made.content
    mail = client.get(f"interactions/{made.json()['id']}/email/").json()
    assert (mail["subject"], mail["text"], mail["to"], mail["state"]) == (
        "Beans",
        "Hello",
        [address],
        "pending",
    )
    note = client.post("interactions/", {"customer": customer.pk, "kind": "note", "summary": "x"}).json()
    assert client.get(f"interactions/{note['id']}/email/").status_code == 404


def test_an_entry_about_an_order_is_known_to_those_who_may_see_the_order(
    rep: User, narrow: User, customer: Customer, api: Api
) -> None:
    Customer.objects.filter(pk=customer.pk).update(owner=narrow)
    row = Interaction.objects.create(
        customer=customer, kind="note", summary="Of an order", owner=rep, team=customer.team
    )
    client = api(narrow)
    assert len(client.get("interactions/").json()["results"]) == 1
    Interaction.objects.filter(pk=row.pk).update(object_type="sales.order", object_id=5)
    assert client.get("interactions/?count=true").json()["count"] == 0
    assert client.get(f"interactions/{row.pk}/").status_code == 404


def test_tasks(rep: User, customer: Customer, api: Api) -> None:
    client = api(rep)
    made = client.post("tasks/", {"title": "Call back", "customer": customer.pk, "due_on": "2026-12-01"})
    assert made.status_code == 201, made.content
    path = f"tasks/{made.json()['id']}/"
    assert client.post(f"{path}complete/").json()["done_at"].endswith("Z")
    assert client.post(f"{path}reopen/").json()["done_at"] is None
    edited = client.patch(path, {"due_on": None, "notes": "Urgent"}, If_Match="*").json()
    assert (edited["due_on"], edited["notes"]) == (None, "Urgent")
    assert client.delete(path, If_Match=f'"{edited["version"]}"').status_code == 204
    assert client.post(f"{path}restore/").status_code == 200
    assert Task.objects.get().deleted_at is None


def test_meetings_have_their_times_and_may_be_about_an_order(
    rep: User, customer: Customer, place_order: Any, api: Api
) -> None:
    client, order = api(rep), place_order(rep, customer)
    given = {
        "title": "Tasting",
        "kind": "meeting",
        "customer": customer.pk,
        "starts_at": "2026-12-01T09:00:00Z",
    }
    about = {"object_type": "sales.order", "object_id": order.pk}
    made = client.post("tasks/", given | about)
    assert made.status_code == 201, made.content
    body = made.json()
    assert (body["ends_at"], body["due_on"]) == ("2026-12-01T10:00:00Z", "2026-12-01")
    assert (body["object_type"], body["object_id"]) == ("sales.order", order.pk)
    path = f"tasks/{body['id']}/"
    moved = client.patch(path, {"starts_at": "2026-12-02T09:00:00Z"}, If_Match="*").json()
    assert moved["ends_at"] == "2026-12-02T10:00:00Z"
    assert client.patch(path, {"ends_at": "2026-12-01T09:00:00Z"}, If_Match="*").status_code == 422
    assert client.post("tasks/", given | {"starts_at": None}).status_code == 422
    assert (
        client.post("tasks/", given | {"object_type": "staff.user", "object_id": rep.pk}).status_code == 422
    )


def test_consents_are_added_and_never_changed(
    marketer: User, rep: User, customer: Customer, api: Api
) -> None:
    given = {
        "customer": customer.pk,
        "purpose": "marketing",
        "channel": "email",
        "is_given": True,
        "source": "Form",
    }
    made = api(marketer).post("consents/", given)
    assert made.status_code == 201, made.content
    assert made.json()["recorded_by"]["name"] == "Marketer"
    assert api(rep).post("consents/", given).status_code == 403
    assert api(marketer).patch(f"consents/{made.json()['id']}/", {}).status_code == 405
    assert Consent.objects.count() == 1


def test_consents_are_closed_to_those_who_may_not_know_them(
    rep: User, marketer: User, customer: Customer, api: Api
) -> None:
    given = {
        "customer": customer.pk,
        "purpose": "marketing",
        "channel": "email",
        "is_given": True,
        "source": "Form",
    }
    api(marketer).post("consents/", given)
    Role.objects.filter(key="sales-rep").update(field_groups={"finance": "read", "privacy": "hidden"})
    assert api(rep).get("consents/").status_code == 403


def test_orders(rep: User, customer: Customer, api: Api) -> None:
    product = Product.objects.create(code="B1", name="Beans", price_amount="12.50", cost_amount=5)
    client = api(rep)
    line = {"product": product.pk, "quantity": "2"}
    made = client.post(
        "orders/", {"customer": customer.pk, "lines": [line, {"text": "Cup", "unit_amount": "3.20"}]}
    )
    assert made.status_code == 201, made.content
    row = made.json()
    assert (row["amount"], row["currency"], row["status"]) == ("28.20", "USD", "placed")
    assert [item["amount"] for item in row["lines"]] == ["25.00", "3.20"]
    assert row["lines"][0]["product"] == {"id": product.pk, "name": "Beans"}
    path = f"orders/{row['id']}/"
    assert client.post(f"{path}cancel/").json()["status"] == "cancelled"
    assert client.post(f"{path}reinstate/").json()["status"] == "placed"
    assert client.post(f"{path}return/").json()["status"] == "returned"
    assert client.patch(path, {"amount": "1.00"}, If_Match="*").status_code == 405


def test_a_wrong_order_says_what_is_wrong_at_its_place(
    rep: User, customer: Customer, api: Api, unchanged: Callable[[], None]
) -> None:
    client = api(rep)
    unchanged()
    lines = [{"text": "Cup", "unit_amount": "3.20"}, {"quantity": "0", "text": "Nothing"}, {"quantity": "x"}]
    answer = client.post("orders/", {"customer": customer.pk, "lines": lines})
    assert answer.status_code == 422
    assert {error["field"] for error in answer.json()["errors"]} == {"lines.2.quantity"}
    answer = client.post("orders/", {"customer": customer.pk, "lines": lines[:2], "currency": "XXX"})
    fields = {error["field"] for error in answer.json()["errors"]}
    assert fields == {"currency", "lines.1.quantity", "lines.1.unit_amount"}
    assert not Order.objects.exists()
    unchanged()


def test_products_are_read(rep: User, outsider: User, api: Api) -> None:
    Product.objects.create(code="B1", name="Beans", price_amount="12.50", cost_amount=5)
    client = api(rep)
    [row] = client.get("products/?is_active=true&price__gte=10").json()["results"]
    assert (row["name"], row["price"], row["cost"]) == ("Beans", "12.50", "5.00")
    assert client.post("products/", {"name": "Tea", "code": "T1"}).status_code == 403
    assert api(outsider).get("products/").status_code == 403


def test_products_are_written_by_those_who_may(manager: User, api: Api) -> None:
    client = api(manager)
    made = client.post("products/", {"name": "Tea", "code": "T1", "price": "9.50"})
    assert (made.status_code, made.json()["price"]) == (201, "9.50")
    path = f"products/{made.json()['id']}/"
    answer = client.patch(path, {"price": "10.00", "is_active": False}, If_Match=made.headers["ETag"])
    assert (answer.json()["price"], answer.json()["is_active"]) == ("10.00", False)
    refused = client.post("products/", {"name": "Other", "code": "t1", "price": "-1"})
    assert refused.status_code == 422


def test_the_value_of_a_customer(rep: User, customer: Customer, api: Api) -> None:
    answer = api(rep).get(f"customers/{customer.pk}/value/")
    assert answer.status_code == 200
    assert answer.json()["payer"] == {"id": customer.pk, "name": "Ada Lindqvist"}
