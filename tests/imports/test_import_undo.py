"""Undo takes an import back whole; what others built on stays, and is told."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from contacts.models import ContactPoint, Customer, DirtyCustomer, Interaction
from crm.imports.models import ImportRun
from crm.search.models import SearchRow
from crm.staff.models import Team, User
from sales.models import Order, OrderLine
from sales.services.order import order_cancel
from tests.imports.conftest import Imported, Work

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]
HEAD = "customer_id,order_id,ordered_on,amount,product,status,email\n"
FIRST = HEAD + "1,A,2026-01-31,10,Mug,,a@b.example\n1,A,2026-01-31,4,Cup,,\n2,B,2026-02-01,11,Mug,,\n"
SECOND = (
    HEAD
    + "1,A,2026-01-31,10,Mug,,\n1,A,2026-01-31,5,Bowl,,\n2,B,2026-02-01,11,Mug,returned,\n3,C,2026-02-01,1,Mug,,\n"
)


def records() -> list[Any]:
    return [
        list(
            Order.objects.order_by("id").values("external_id", "amount", "base_amount", "status", "placed_at")
        ),
        list(
            OrderLine.objects.order_by("order_id", "text").values(
                "order_id", "text", "quantity", "line_amount"
            )
        ),
        list(Customer.objects.order_by("id").values_list("id", "name")),
        list(ContactPoint.objects.order_by("id").values_list("value")),
        list(SearchRow.objects.order_by("object_type", "object_id").values_list("object_type", "object_id")),
    ]


@pytest.fixture
def undo(admin: User, sign_in: SignIn, work: Work) -> Callable[[ImportRun], ImportRun]:
    def undone(run: ImportRun) -> ImportRun:
        sign_in(admin).post(f"/imports/{run.pk}/undo/")
        work()
        run.refresh_from_db()
        return run

    return undone


def test_undo_takes_back_what_was_created(imported: Imported, undo: Callable[[ImportRun], ImportRun]) -> None:
    before = records()
    run = imported(FIRST)
    payers = set(Order.objects.values_list("payer_id", flat=True))
    DirtyCustomer.objects.all().delete()
    assert undo(run).state == "undone"
    assert records() == before
    assert set(DirtyCustomer.objects.values_list("customer_id", flat=True)) == payers


def test_undo_restores_what_was_changed(imported: Imported, undo: Callable[[ImportRun], ImportRun]) -> None:
    imported(FIRST)
    before = records()
    run = imported(SECOND)
    assert (run.created, run.updated) == (1, 2)
    assert Order.objects.get(external_id="A").amount == Decimal(15)
    undo(run)
    assert records() == before


def test_what_was_changed_since_stays_and_is_told(
    imported: Imported, undo: Callable[[ImportRun], ImportRun]
) -> None:
    imported(FIRST)
    run = imported(SECOND)
    Order.objects.filter(external_id="B").update(version=9)
    undone = undo(run)
    assert Order.objects.get(external_id="B").status == "returned"
    assert "Order B stays" in undone.notes[0]


def test_a_created_order_that_somebody_cancelled_stays_and_is_told(
    imported: Imported, undo: Callable[[ImportRun], ImportRun], admin: User
) -> None:
    run = imported(FIRST)
    order_cancel(actor=admin, order=Order.objects.get(external_id="B"))
    kept = [list(rows.order_by("pk").values()) for rows in of_b()]
    undone = undo(run)
    assert undone.state == "undone"
    assert list(Order.objects.values_list("external_id", "status")) == [("B", "cancelled")]
    assert [list(rows.order_by("pk").values()) for rows in of_b()] == kept
    assert "Order B stays" in undone.notes[0]
    assert "stays" in undone.notes[1]


def of_b() -> tuple[Any, ...]:
    return (
        Order.objects.filter(external_id="B"),
        OrderLine.objects.filter(order__external_id="B"),
        Customer.objects.filter(external_ids__value="2"),
    )


def test_customers_somebody_worked_with_stay_and_are_told(
    imported: Imported, undo: Callable[[ImportRun], ImportRun], admin: User, root: Team
) -> None:
    run = imported(FIRST)
    customer = Customer.objects.get(external_ids__value="1")
    Interaction.objects.create(customer=customer, kind="note", summary="Hello", owner=admin, team=root)
    undone = undo(run)
    assert list(Customer.objects.all()) == [customer]
    assert not Order.objects.exists()
    assert "stays" in undone.notes[0]


def test_a_running_or_undone_import_cannot_be_undone(
    imported: Imported, undo: Callable[[ImportRun], ImportRun]
) -> None:
    run = undo(imported(FIRST))
    assert undo(run).state == "undone"
    checked = imported(FIRST, start=False)
    assert undo(checked).state == "checked"
