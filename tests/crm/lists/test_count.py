"""A list says how many rows it has without making its page wait for them."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

import pytest
from django.test import Client

from contacts.models import Customer
from contacts.services.customer import customer_create
from crm.lists import count
from crm.rules.estimate import Estimate
from crm.staff.models import User

SignIn = Callable[[User], Client]
HTMX = {"HX-Request": "true"}


@pytest.fixture
def multitude(rep: User) -> Customer:
    """1,101 people of the salesperson."""
    first = customer_create(actor=rep, values={"name": "Person", "kind": "person"})
    at = datetime(2026, 1, 1, tzinfo=UTC)
    Customer.objects.bulk_create(
        Customer(name="Person", sort_name="person", kind="person", owner=rep, team=first.team, updated_at=at)
        for _place in range(1_100)
    )
    return first


@pytest.mark.parametrize("query", ["", "?kind=person&sort=name"])
def test_a_page_counts_to_a_thousand_and_the_rest_follows(
    query: str, multitude: Customer, rep: User, sign_in: SignIn
) -> None:
    client = sign_in(rep)
    page = client.get(f"/customers/{query}")
    assert page.context["count_text"] == "1,000+"
    address = f"/customers/?{page.context['count_query']}"
    assert address.replace("&", "&amp;") in page.content.decode()
    assert client.get(address, headers=HTMX).content == b"1,101"


def test_with_a_rule_the_whole_count_follows_the_page(
    multitude: Customer, rep: User, sign_in: SignIn, count_queries: Any
) -> None:
    client = sign_in(rep)
    rule = quote(json.dumps({"field": "kind", "op": "any_of", "value": ["person"]}))
    with count_queries() as queries:
        page = client.get(f"/customers/?rule={rule}")
    assert page.context["count_text"] == "50+"
    assert not [query for query in queries if "COUNT(" in query["sql"]]
    assert client.get(f"/customers/?{page.context['count_query']}", headers=HTMX).content == b"1,101"


def test_a_count_that_takes_too_long_is_judged_by_a_sample(
    multitude: Customer, rep: User, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(count, "in_time", lambda ask: None)
    monkeypatch.setattr(count, "estimate", lambda rows: Estimate(rows.count(), 100))
    assert sign_in(rep).get("/customers/?kind=person&count=1", headers=HTMX).content == b"about 1,100"


def test_what_is_counted_at_once_is_not_asked_for_again(
    multitude: Customer, rep: User, sign_in: SignIn
) -> None:
    Customer.objects.filter(pk__gt=multitude.pk + 100).delete()
    page = sign_in(rep).get("/customers/")
    assert page.context["count_text"] == "101"
    assert 'hx-trigger="load"' not in page.content.decode()


def test_the_count_leaves_out_what_one_may_not_see(
    multitude: Customer, narrow: User, sign_in: SignIn
) -> None:
    assert sign_in(narrow).get("/customers/?kind=person&count=1", headers=HTMX).content == b"0"


def test_rows_of_a_single_page_are_counted_without_a_query(
    rep: User, sign_in: SignIn, count_queries: Any
) -> None:
    customer_create(actor=rep, values={"name": "Ada", "kind": "person"})
    client = sign_in(rep)
    with count_queries() as queries:
        page = client.get("/customers/")
    assert page.context["count_text"] == "1"
    assert not [
        query for query in queries if "COUNT(" in query["sql"] and "contacts_customer" in query["sql"]
    ]
