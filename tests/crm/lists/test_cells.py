"""Editing in the table, and setting back from the toast or the history."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from contacts.models import Customer
from contacts.services.customer import customer_create, customer_edit
from crm.audit.models import AuditEntry
from crm.fields.models import CustomField
from crm.staff.models import User

SignIn = Callable[[User], Client]
HTMX = {"HX-Request": "true", "HX-Current-URL": "http://testserver/customers/?columns=name,city"}


def cell(customer: Customer, field: str) -> str:
    return f"/lists/contacts-customer/records/{customer.pk}/fields/{field}/"


@pytest.mark.parametrize(
    ("field", "typed", "held"),
    [
        ("city", "Bern", "Bern"),
        ("country", "CH", "CH"),
        ("lead_status", "working", "working"),
        ("name", "Ada L.", "Ada L."),
    ],
)
def test_a_cell_is_edited_and_answers_with_its_row(
    field: str, typed: str, held: str, customer: Customer, rep: User, sign_in: SignIn
) -> None:
    client = sign_in(rep)
    assert 'name="value"' in client.get(cell(customer, field), headers=HTMX).content.decode()
    answer = client.post(cell(customer, field), {"value": typed, "version": customer.version}, headers=HTMX)
    customer.refresh_from_db()
    assert getattr(customer, field) == held
    assert answer.content.decode().startswith(f'<tr id="row-{customer.pk}"')
    assert (answer.headers["HX-Retarget"], answer.headers["HX-Reswap"]) == (
        f"#row-{customer.pk}",
        "outerHTML",
    )
    assert answer.content.decode().count("<td") == 3


def test_the_toast_takes_it_back(customer: Customer, rep: User, sign_in: SignIn) -> None:
    client = sign_in(rep)
    answer = client.post(cell(customer, "city"), {"value": "Bern", "version": 1}, headers=HTMX)
    undo = json.loads(answer.headers["HX-Trigger"])["toast"]["undo"]
    assert client.post(undo, headers=HTMX).status_code == 200
    customer.refresh_from_db()
    assert (customer.city, customer.version) == ("", 3)


def test_a_stale_cell_shows_both_values_and_saves_the_second_time(
    customer: Customer, rep: User, sign_in: SignIn
) -> None:
    customer_edit(actor=rep, customer=customer, values={"city": "Basel"}, version=1)
    client = sign_in(rep)
    answer = client.post(cell(customer, "city"), {"value": "Bern", "version": 1}, headers=HTMX)
    assert answer.status_code == 409
    assert "Basel" in answer.content.decode()
    assert (
        client.post(cell(customer, "city"), {"value": "Bern", "version": 2}, headers=HTMX).status_code == 200
    )


@pytest.mark.parametrize(
    ("field", "typed", "status"),
    [("name", "", 422), ("country", "XX", 422), ("city", "x" * 101, 422), ("lifetime_value", "1", 403),
     ("updated_at", "1", 403), ("password", "x", 404), ("custom.none", "x", 404), ("tags", "x", 403)],
)  # fmt: skip
def test_what_does_not_fit_is_refused(
    field: str,
    typed: str,
    status: int,
    customer: Customer,
    rep: User,
    sign_in: SignIn,
    unchanged: Callable[[], None],
) -> None:
    client = sign_in(rep)
    unchanged()
    assert (
        client.post(cell(customer, field), {"value": typed, "version": 1}, headers=HTMX).status_code == status
    )
    unchanged()


def test_whoever_may_not_assign_does_not(
    customer: Customer, agent: User, marketer: User, sign_in: SignIn, unchanged: Callable[[], None]
) -> None:
    client = sign_in(agent)
    unchanged()
    assert client.post(cell(customer, "owner"), {"value": agent.pk, "version": 1}).status_code == 403
    unchanged()


def custom(type_: str, **more: Any) -> CustomField:
    return CustomField.objects.create(kind="contacts.customer", key="x", label="Extra", type=type_, **more)


@pytest.mark.parametrize(
    ("type_", "typed", "held"),
    [("text", "Red", "Red"), ("number", "12.50", 12.5), ("money", "10", 10), ("date", "2026-02-01", "2026-02-01"),
     ("choice", "s", "s"), ("choices", ["s", "m"], ["s", "m"]), ("yes_no", "false", False),
     ("link", "https://x.example", "https://x.example"),
     ("text", "", None)],
)  # fmt: skip
def test_custom_fields_of_every_type(
    type_: str, typed: Any, held: Any, customer: Customer, rep: User, sign_in: SignIn
) -> None:
    custom(type_, choices=[["s", "Small"], ["m", "Medium"]])
    answer = sign_in(rep).post(cell(customer, "custom.x"), {"value": typed, "version": 1}, headers=HTMX)
    assert answer.status_code == 200
    customer.refresh_from_db()
    assert customer.custom.get("x") == held
    if held is not None:
        entry = AuditEntry.objects.filter(action="contacts.customer.edit").get()
        assert (entry.before, entry.after) == ({"custom.x": None}, {"custom.x": held})


@pytest.mark.parametrize(
    ("type_", "typed"), [("number", "many"), ("date", "soon"), ("choice", "xl"), ("link", "javascript:x")]
)
def test_a_custom_value_of_the_wrong_type_is_refused(
    type_: str, typed: str, customer: Customer, rep: User, sign_in: SignIn, unchanged: Callable[[], None]
) -> None:
    custom(type_, choices=[["s", "Small"]])
    client = sign_in(rep)
    unchanged()
    assert client.post(cell(customer, "custom.x"), {"value": typed, "version": 1}).status_code == 422
    unchanged()


def test_a_field_is_set_back_from_the_history(
    customer: Customer, rep: User, manager: User, narrow: User, sign_in: SignIn
) -> None:
    customer_edit(actor=rep, customer=customer, values={"city": "Basel", "owner": manager}, version=1)
    customer_edit(actor=manager, customer=customer, values={"city": "Genf"}, version=2)
    entry = AuditEntry.objects.filter(action="contacts.customer.edit").earliest("pk")
    base = f"/lists/contacts-customer/records/{customer.pk}/history/{entry.pk}"
    assert (
        f"{base}/fields/city/"
        in sign_in(manager).get(f"/customers/{customer.pk}/?tab=history").content.decode()
    )
    assert sign_in(narrow).post(f"{base}/fields/city/").status_code == 404
    assert sign_in(manager).post(f"{base}/fields/name/").status_code == 404
    sign_in(manager).post(f"{base}/fields/owner/")
    sign_in(manager).post(f"{base}/fields/city/")
    customer.refresh_from_db()
    assert (customer.city, customer.owner) == ("", rep)


def test_an_entry_of_another_record_sets_nothing_back(
    customer: Customer, rep: User, sign_in: SignIn, unchanged: Callable[[], None]
) -> None:
    other = Customer.objects.create(name="Bo", sort_name="bo", owner=rep, team=customer.team)
    customer_edit(actor=rep, customer=other, values={"city": "Basel"}, version=1)
    entry = AuditEntry.objects.latest("pk")
    client = sign_in(rep)
    unchanged()
    address = f"/lists/contacts-customer/records/{customer.pk}/history/{entry.pk}/fields/city/"
    assert client.post(address).status_code == 404
    unchanged()


@pytest.mark.parametrize("page", ["fields", "properties"])
def test_an_employer_that_one_may_not_see_is_neither_told_nor_written_over(
    page: str, rep: User, narrow: User, sign_in: SignIn, unchanged: Callable[[], None]
) -> None:
    secret = customer_create(actor=rep, values={"name": "Secret Ltd", "kind": "organisation"})
    mine = customer_create(actor=narrow, values={"name": "Mine"})
    Customer.objects.filter(pk=mine.pk).update(organisation=secret)
    client, address = sign_in(narrow), cell(mine, "organisation").replace("/fields/", f"/{page}/")
    unchanged()
    assert client.get(address, headers=HTMX).status_code == 403
    assert client.post(address, {"value": "", "version": 1}, headers=HTMX).status_code == 403
    unchanged()


def test_a_field_that_names_a_hidden_record_is_not_set_back(
    admin: User, narrow: User, sign_in: SignIn
) -> None:
    secret = customer_create(actor=admin, values={"name": "Secret Ltd", "kind": "organisation"})
    mine = customer_create(actor=narrow, values={"name": "Mine"})
    customer_edit(actor=admin, customer=mine, values={"organisation": secret}, version=1)
    entry = AuditEntry.objects.filter(object_id=mine.pk, action__endswith="edit").get()
    address = f"/lists/contacts-customer/records/{mine.pk}/restore/{entry.pk}/organisation/"
    assert sign_in(narrow).post(address).status_code in (403, 404)
    assert Customer.objects.get(pk=mine.pk).organisation == secret
