"""The list: paging meets every row once, in order, for whoever looks."""

import re
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from contacts.kinds import CUSTOMERS
from contacts.models import Customer, CustomerValue
from contacts.services.customer import customer_create
from crm.staff.models import User

SignIn = Callable[[User], Client]


@pytest.fixture
def crowd(rep: User, narrow: User) -> list[Customer]:
    """120 customers; every fifth belongs to someone else, every third has a value."""
    found = []
    for index in range(120):
        owner = narrow if index % 5 == 0 else rep
        name = f"Person {index % 40:03d}"
        found.append(customer_create(actor=owner, values={"name": name, "kind": "person"}))
    CustomerValue.objects.bulk_create(
        CustomerValue(
            customer=customer,
            run_number=1,
            as_of=date(2026, 1, 1),
            computed_at=timezone.now(),
            state="predicted",
            lifetime_value=float(index % 7),
            churn_risk=0.5,
            rfm_group="loyal",
        )
        for index, customer in enumerate(found)
        if index % 3 == 0
    )
    return found


def walk(client: Client, query: str) -> list[int]:
    """All ids of the list, page by page forward, then checked page by page backward."""
    pages: list[list[int]] = []
    at = ""
    while True:
        page = client.get(f"/customers/?{query}{at}")
        pages.append(ids(page))
        cursor = page.context["next_cursor"]
        if not cursor:
            break
        at = f"&after={cursor}"
    back: list[list[int]] = [pages[-1]]
    while page.context["previous_cursor"]:
        page = client.get(f"/customers/?{query}&before={page.context['previous_cursor']}")
        back.insert(0, ids(page))
    assert back == pages
    return [pk for found in pages for pk in found]


def ids(page: Any) -> list[int]:
    return [int(pk) for pk in re.findall(r'<tr id="row-\d+" data-id="(\d+)"', page.content.decode())]


SORTS = [field.key for field in CUSTOMERS.fields if field.sortable]


@pytest.mark.parametrize("sort", [*SORTS, *(f"-{key}" for key in SORTS)])
def test_every_sort_meets_every_row_once(
    sort: str, crowd: list[Customer], rep: User, sign_in: SignIn
) -> None:
    found = walk(sign_in(rep), f"sort={sort}")
    assert len(found) == len(set(found)) == 120


@pytest.mark.parametrize("sort", ["name", "-updated_at", "-lifetime_value"])
def test_someone_who_sees_little_meets_just_that(
    sort: str, crowd: list[Customer], narrow: User, sign_in: SignIn
) -> None:
    found = walk(sign_in(narrow), f"sort={sort}")
    mine = {customer.pk for customer in crowd if customer.owner == narrow}
    assert len(found) == len(mine)
    assert set(found) == mine


def test_rows_without_a_value_come_last_in_both_directions(
    crowd: list[Customer], rep: User, sign_in: SignIn
) -> None:
    valued = set(CustomerValue.objects.values_list("pk", flat=True))
    for sort in ("lifetime_value", "-lifetime_value"):
        found = walk(sign_in(rep), f"sort={sort}")
        assert set(found[: len(valued)]) == valued


def test_the_outsider_sees_no_list(crowd: list[Customer], outsider: User, sign_in: SignIn) -> None:
    answer = sign_in(outsider).get("/customers/")
    assert answer.status_code == 403
    assert "Person" not in answer.content.decode()


@pytest.mark.parametrize(
    "query",
    ["after=garbage", "after=WzEsMl0", "before=W251bGwsIngiXQ", "sort=password", "rfm_group=nonsense", "owner=1e9",
     "r=9", "organisation=x", "q=%00'\"\\%27:*%26", "after=" + "A" * 5000],
)  # fmt: skip
def test_nonsense_in_the_address_is_answered_with_a_page(
    query: str, customer: Customer, rep: User, sign_in: SignIn
) -> None:
    assert sign_in(rep).get(f"/customers/?{query}").status_code == 200


def test_filters_narrow_the_list(crowd: list[Customer], rep: User, sign_in: SignIn) -> None:
    client = sign_in(rep)
    assert len(walk(client, "rfm_group=loyal")) == 40
    assert len(walk(client, "owner=me")) == 96
    assert len(walk(client, "risk=medium")) == 40
    assert len(walk(client, "q=person+007")) == 3
    assert walk(client, "rfm_group=nonsense") == []


def test_neighbours_follow_the_list_one_came_from(crowd: list[Customer], rep: User, sign_in: SignIn) -> None:
    client = sign_in(rep)
    found = walk(client, "sort=name")
    page = client.get(
        f"/customers/{found[60]}/", headers={"Referer": "http://testserver/customers/?sort=name"}
    )
    assert f"/customers/{found[59]}/?list=sort%3Dname" in page.context["neighbours"]["previous_url"]
    assert f"/customers/{found[61]}/?list=sort%3Dname" in page.context["neighbours"]["next_url"]


def test_the_list_costs_at_most_13_queries(
    crowd: list[Customer], rep: User, sign_in: SignIn, count_queries: Any
) -> None:
    client = sign_in(rep)
    client.get("/customers/")
    with count_queries() as queries:
        client.get("/customers/?rfm_group=loyal&sort=-lifetime_value")
    assert len(queries) <= 13


def test_the_record_costs_at_most_28_queries(
    crowd: list[Customer], rep: User, sign_in: SignIn, count_queries: Any
) -> None:
    client = sign_in(rep)
    address = f"/customers/{crowd[0].pk}/?list=sort%3Dname"
    client.get(address)
    with count_queries() as queries:
        assert client.get(address).status_code == 200
    assert len(queries) <= 28, "\n".join(query["sql"][:150] for query in queries)
