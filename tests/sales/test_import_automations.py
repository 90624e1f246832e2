"""What an import creates and changes wakes automations, once for each record."""

from collections.abc import Callable
from pathlib import Path

import pytest

from contacts.models import Customer
from crm.automation.models import Event
from crm.staff.models import User
from tests.crm.automation.making import automation, states, tag, work
from tests.sales.test_import_orders import HEAD, run

pytestmark = pytest.mark.django_db(transaction=True)
Write = Callable[[str | bytes], Path]


def tags() -> dict[str, list[str]]:
    return {customer.name: [tag.name for tag in customer.tags.all()] for customer in Customer.objects.all()}


def test_customers_that_an_import_brings_are_new(write: Write, admin: User) -> None:
    made = automation(admin, "created", tag("Imported"))
    run(write(HEAD + "7,2026-01-31,12.50\n8,2026-02-01,3\n7,2026-02-02,5\n"))
    work()
    assert states(made) == ["done", "done"]
    assert tags() == {"Customer 7": ["Imported"], "Customer 8": ["Imported"]}


def test_an_order_that_an_import_changes_is_changed(write: Write, admin: User) -> None:
    run(write("order_id,customer_id,ordered_on,amount\n1,7,2026-01-31,12.50\n2,7,2026-01-31,4\n"))
    action = {
        "action": "task",
        "params": {"title": "Look", "notes": "", "due_in": 1, "to": "person", "person": admin.pk},
    }
    made = automation(admin, "changed", action, kind="sales.order")
    run(write("order_id,customer_id,ordered_on,amount\n1,7,2026-01-31,13\n2,7,2026-01-31,4\n"))
    work()
    assert states(made) == ["done"]


def test_nothing_is_written_down_where_nobody_listens(write: Write, admin: User) -> None:
    run(write(HEAD + "7,2026-01-31,12.50\n"))
    assert not Event.objects.exists()
