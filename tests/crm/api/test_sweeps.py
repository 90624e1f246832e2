"""What holds for every resource: only what is declared can be written, reading writes nothing and asks little."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import models

from contacts.models import Customer
from contacts.services.customer import customer_create, customer_tag
from contacts.services.engagement import consent_create, relationship_create, task_create
from contacts.services.interaction import interaction_create
from crm.api.resources import Resource, resources
from crm.staff.models import User
from sales.choices import StepKind
from sales.models import Deal, Order, PriceBook, Product
from sales.services.enrolment import sequence_enrol
from sales.services.lead import lead_create
from sales.services.quote import quote_create
from sales.services.sequence import StepRow, sequence_create
from tests.architecture.sales_records import approval_of
from tests.crm.api.conftest import Api

#: signing in, the roles, custom fields; the rows with names; lists of values, lines
LIST_BUDGET, RECORD_BUDGET = 14, 15


@pytest.fixture
def records(
    admin: User, place_order: Callable[..., Order], make_deal: Callable[..., Deal]
) -> dict[str, models.Model]:
    """One record of each resource, five of each behind it."""
    found: dict[str, models.Model] = {}
    steps = [StepRow(StepKind.TASK, "Call")]
    sequence = sequence_create(actor=admin, values={"name": "Roasters"}, steps=steps)
    Product.objects.bulk_create([Product(code=f"P{index}", name=f"Beans {index}") for index in range(6)])
    for index in range(6):
        customer = customer_create(actor=admin, values={"name": f"Bo {index}"}, email=f"bo{index}@x.example")
        employer = customer_create(actor=admin, values={"name": f"Works {index}", "kind": "organisation"})
        customer_tag(actor=admin, customer=customer, names=["vip", f"t{index}"])
        consent = {"purpose": "marketing", "channel": "email", "is_given": True, "source": "Form"}
        note = {"kind": "note", "summary": "Met"}
        found = {
            "customers": customer,
            "contact-points": customer.contact_points.get(),
            "relationships": relationship_create(
                actor=admin, customer=customer, other=employer, kind="works_for"
            ),
            "interactions": interaction_create(actor=admin, customer=customer, values=note),
            "tasks": task_create(actor=admin, values={"title": "Call", "customer": customer}),
            "consents": consent_create(actor=admin, customer=customer, values=consent),
            "orders": place_order(admin, customer),
            "products": Product.objects.get(code="P0"),
            "deals": (deal := make_deal(admin, customer)),
            "quotes": quote_create(actor=admin, deal=deal),
            "enrolments": sequence_enrol(
                actor=admin, sequence=sequence, customer=customer, address=f"bo{index}@x.example"
            ),
            "price-books": PriceBook.objects.create(name=f"Book {index}", currency="USD"),
            "discount-approvals": approval_of(deal, admin),
            "leads": lead_create(actor=admin, values={"name": f"Lead {index}"}),
        }
    return found


def test_every_resource_has_a_record_here(records: dict[str, models.Model]) -> None:
    assert records.keys() == resources().keys()


def writable(resource: Resource, verb: str) -> set[str]:
    return {*resource.written(verb), *(item.key for item in resource.inputs if verb in item.on), "custom"}


def sample(column: Any) -> Any:
    """A value that the column would take."""
    if isinstance(column, models.BooleanField):
        return True
    if isinstance(column, (models.IntegerField, models.ForeignKey)):
        return 1
    return "2026-01-01T00:00:00Z" if isinstance(column, models.DateTimeField) else "x"


def test_only_declared_fields_are_written(
    records: dict[str, models.Model], admin: User, api: Api, unchanged: Callable[[], None]
) -> None:
    """Every column of every model is posted; those that are not declared are refused, and nothing changes."""
    client = api(admin)
    unchanged()
    for name, resource in resources().items():
        for column in resource.record_kind.model._meta.concrete_fields:
            for key in {column.name, column.attname}:
                for verb, ask in (("create", client.post), ("edit", client.patch)):
                    if key in writable(resource, verb):
                        continue
                    path = f"{name}/" if verb == "create" else f"{name}/{records[name].pk}/"
                    answer = ask(path, {key: sample(column)}, If_Match="*")
                    assert answer.status_code in (405, 422), f"{verb} {name} {key}: {answer.status_code}"
                    if answer.status_code == 422:
                        assert key in {error["field"] for error in answer.json()["errors"]}, (
                            f"{verb} {name} {key}"
                        )
    unchanged()


def test_reading_writes_nothing(
    records: dict[str, models.Model], admin: User, api: Api, unchanged: Callable[[], None]
) -> None:
    client = api(admin)
    unchanged()
    for name, record in records.items():
        assert client.get(f"{name}/?count=true").status_code == 200
        answer = client.get(f"{name}/{record.pk}/")
        assert answer.status_code == 200
        assert "no-store" in answer.headers["Cache-Control"]
        assert client.call("HEAD", f"{name}/{record.pk}/").content == b""
        assert client.post(f"{name}/query/", {"limit": 5}).status_code == 200
    for path in ("", "me/", "views/", "rules/catalogue/?kind=customers"):
        assert client.get(path).status_code == 200
    unchanged()


def test_a_page_asks_as_often_however_long_it_is(
    records: dict[str, models.Model], admin: User, narrow: User, api: Api, count_queries: Any
) -> None:
    Customer.objects.filter(pk=records["customers"].pk).update(owner=narrow)
    for user in (admin, narrow):
        client = api(user)
        for name in records:
            if client.get(f"{name}/").status_code == 403:
                continue
            with count_queries() as short:
                client.get(f"{name}/?limit=1")
            with count_queries() as long:
                client.get(f"{name}/?limit=200")
            assert len(long) <= max(len(short), LIST_BUDGET), f"{name}: {len(short)} {len(long)}"
            assert len(long) <= LIST_BUDGET, f"{name}: {len(long)}"


def test_a_record_asks_little(
    records: dict[str, models.Model], admin: User, api: Api, count_queries: Any
) -> None:
    client = api(admin)
    for name, record in records.items():
        with count_queries() as asked:
            client.get(f"{name}/{record.pk}/")
        assert len(asked) <= RECORD_BUDGET, f"{name}: {len(asked)}"


def test_what_is_read_can_be_sent_back(records: dict[str, models.Model], admin: User, api: Api) -> None:
    client = api(admin)
    for name, resource in resources().items():
        if not (resource.edit or resource.record_kind.edit):
            continue
        path = f"{name}/{records[name].pk}/"
        read = client.get(path)
        given = {key: value for key, value in read.json().items() if key in writable(resource, "edit")}
        answer = client.patch(path, given, If_Match=read.headers["ETag"])
        assert answer.status_code == 200, f"{name}: {answer.content!r}"
        assert answer.json() == read.json() | {"version": answer.json()["version"]} | (
            {"updated_at": answer.json()["updated_at"]} if "updated_at" in answer.json() else {}
        )
