"""Numbers of a rule: as exact as they are written, and never longer than a page can say."""

import json
from collections.abc import Callable

import pytest
from django.test import Client
from django.utils import timezone

from contacts.kinds import CUSTOMERS
from contacts.models import Customer, CustomerValue
from crm.company.selectors import company_day
from crm.rules.compile import condition
from crm.rules.errors import RuleError
from crm.rules.tree import read_tree
from crm.staff.models import User

SignIn = Callable[[User], Client]


@pytest.mark.parametrize("number", ["1e-999999", "0e-999999", "1e-13", "-1e-13"])
def test_a_number_with_too_many_decimals_is_refused(admin: User, number: str) -> None:
    rule = read_tree({"field": "frequency", "op": "gt", "value": number})
    with pytest.raises(RuleError, match="at most 12 decimals"):
        condition(CUSTOMERS, admin, rule)


def test_the_words_of_a_rule_stay_short(admin: User, sign_in: SignIn) -> None:
    one = {"field": "frequency", "op": "gt", "value": "1e-99999"}
    rule = json.dumps({"any": [one] * 100})
    answer = sign_in(admin).get("/lists/contacts-customer/rule/count/", {"rule": rule})
    assert len(answer.content) < 50_000


def test_a_fraction_is_compared_as_it_is_with_whole_numbers(admin: User, customer: Customer) -> None:
    CustomerValue.objects.create(
        customer=customer, run_number=1, as_of=company_day(), computed_at=timezone.now(), frequency=1
    )
    asked = {"eq": False, "gte": False, "lt": True, "lte": True, "ne": True}
    for op, matches in asked.items():
        rule = read_tree({"field": "frequency", "op": op, "value": 1.5})
        assert Customer.objects.filter(condition(CUSTOMERS, admin, rule)).exists() is matches, op
    between = read_tree({"field": "frequency", "op": "between", "value": ["0.5", "1.5"]})
    assert Customer.objects.filter(condition(CUSTOMERS, admin, between)).exists()
