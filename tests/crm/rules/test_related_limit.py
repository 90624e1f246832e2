"""The database plans the order of conditions about other records: there may be some, not any number."""

import time

import pytest

from contacts.kinds import CUSTOMERS
from contacts.models import Customer
from crm.rules.compile import condition
from crm.rules.errors import RuleError
from crm.rules.tree import MOST_RELATED, read_tree
from crm.staff.models import User

ORDERS = {"related": "orders", "op": "some"}


def test_more_are_refused() -> None:
    with pytest.raises(RuleError, match="at most 20 times"):
        read_tree({"all": [ORDERS] * (MOST_RELATED + 1)})


def test_those_inside_others_count_too() -> None:
    with pytest.raises(RuleError, match="at most 20 times"):
        read_tree({"any": [{**ORDERS, "where": ORDERS}] * (MOST_RELATED // 2 + 1)})


def test_as_many_as_may_be_are_answered_in_a_moment(admin: User, customer: Customer) -> None:
    found = Customer.objects.filter(condition(CUSTOMERS, admin, read_tree({"all": [ORDERS] * MOST_RELATED})))
    begun = time.monotonic()
    assert not found.exists()
    assert time.monotonic() - begun < 3
