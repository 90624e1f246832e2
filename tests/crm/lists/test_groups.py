"""A list in groups: each with its count, and what it adds up to below the columns it belongs to."""

import re
from collections.abc import Callable

from django.test import Client

from analytics.services.refresh import value_refresh
from contacts.models import Customer
from crm.staff.models import User
from sales.models import Order

SignIn = Callable[[User], Client]
HEAD = re.compile(r'<tr class="group-head">(.*?)</tr>', re.DOTALL)
CELL = re.compile(r"<td[^>]*>(.*?)</td>", re.DOTALL)


def test_sums_stand_in_their_columns(
    manager: User,
    rep: User,
    customer: Customer,
    place_order: Callable[..., Order],
    sign_in: SignIn,
) -> None:
    place_order(rep, customer, days_ago=40, amount="30.00")
    place_order(rep, customer, days_ago=10, amount="12.00")
    value_refresh()
    page = sign_in(manager).get("/customers/?group=kind&columns=name,city,total_spend,owner").content.decode()
    (head,) = HEAD.findall(page)
    assert "Person" in head
    assert CELL.findall(head) == ["", "$42", ""]
