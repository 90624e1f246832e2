"""The page that tells which price books hold for a customer."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from contacts.models import Customer
from crm.staff.models import User
from sales.models import PriceBook

pytestmark = pytest.mark.django_db


def test_more_books_need_no_more_queries(
    manager: User, customer: Customer, sign_in: Callable[[User], Client]
) -> None:
    client, counts = sign_in(manager), []
    for number in range(3):
        rule = {"field": "name", "op": "is", "value": "x"}
        PriceBook.objects.create(name=f"Book {number}", currency="USD", rule=rule)
        with CaptureQueriesContext(connection) as seen:
            page = client.get(f"/customers/{customer.pk}/prices/").content.decode()
        assert f"Book {number}" in page
        counts.append(len(seen))
    assert counts[1] == counts[2]


def test_a_book_whose_rule_is_broken_hides_no_other(
    manager: User, customer: Customer, sign_in: Callable[[User], Client]
) -> None:
    PriceBook.objects.create(name="Broken", currency="USD", rule={"nonsense": 1})
    PriceBook.objects.create(name="Whole", currency="USD", rule={"field": "name", "op": "is", "value": "x"})
    page = sign_in(manager).get(f"/customers/{customer.pk}/prices/").content.decode()
    assert ("Broken" in page, "Whole" in page) == (True, True)
