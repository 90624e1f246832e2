"""Every active filter is said in words, is carried along, and can be taken away."""

import re
from collections.abc import Callable
from datetime import date

import pytest
from django.test import Client
from django.utils import timezone

from contacts.models import Customer, CustomerValue, Tag
from contacts.services.customer import customer_create
from crm.staff.models import User

SignIn = Callable[[User], Client]


def bar(client: Client, address: str) -> str:
    page = client.get(address).content.decode()
    found = re.search(r'<form class="filters[^"]*".*?</form>', page, re.DOTALL)
    assert found
    return found.group()


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("r=5", "Recency 5"),
        ("fm=4", "Frequency and monetary 4"),
        ("quadrant=new", "2 x 2: New"),
        ("lifecycle=customer", "Life cycle: Customer"),
        ("category=A", "Value category: A"),
        ("tag=VIP", "Tag: VIP"),
        ("risk=high", "Churn risk: High (70% or more)"),
    ],
)
def test_a_filter_is_said_in_words_carried_and_removable(
    query: str, words: str, rep: User, sign_in: SignIn
) -> None:
    Tag.objects.create(name="VIP")
    name, value = query.split("=")
    html = bar(sign_in(rep), f"/customers/?{query}&owner=me")
    assert words in html
    carried = f'name="{name}" value="{value}"' in html or re.search(f'value="{value}" selected', html)
    assert carried
    assert f'href="?owner=me" aria-label="Remove {words}"' in html
    assert ">Clear</a>" in html


def test_without_filters_there_is_nothing_to_clear(rep: User, sign_in: SignIn) -> None:
    assert "Clear" not in bar(sign_in(rep), "/customers/?sort=name")


def test_records_are_named_as_far_as_the_reader_may_see_them(
    customer: Customer, rep: User, narrow: User, sign_in: SignIn
) -> None:
    client = sign_in(rep)
    assert "Customer: Ada Lindqvist" in bar(client, f"/orders/?customer={customer.pk}")
    assert "Payer: Ada Lindqvist" in bar(client, f"/orders/?payer={customer.pk}")
    assert "Customer: Ada Lindqvist" in bar(client, f"/tasks/?customer={customer.pk}")
    assert "Organisation: Ada Lindqvist" in bar(client, f"/customers/?organisation={customer.pk}")
    hidden = bar(sign_in(narrow), f"/customers/?organisation={customer.pk}")
    assert "Ada" not in hidden
    assert "Organisation: unknown" in hidden


def test_the_answer_to_a_quick_filter_renews_the_bar(customer: Customer, rep: User, sign_in: SignIn) -> None:
    answer = sign_in(rep).get("/customers/?r=5&risk=low", headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in answer
    assert 'hx-swap-oob="outerMorph"' in answer
    assert "Recency 5" in answer
    assert "Churn risk: Low (below 40%)" in answer


def test_prospects_are_those_whom_nobody_pays_for(customer: Customer, rep: User, sign_in: SignIn) -> None:
    valued = customer_create(actor=rep, values={"name": "Bo", "kind": "organisation"})
    CustomerValue.objects.create(
        customer=valued, run_number=1, as_of=date(2026, 1, 1), computed_at=timezone.now(), state="predicted"
    )
    customer_create(actor=rep, values={"name": "Cy", "kind": "person", "organisation": valued})
    client = sign_in(rep)
    for query in ("rfm_group=prospect", "lifecycle=lead"):
        rows = client.get(f"/customers/?{query}").context["rows"]
        assert [row["name"] for row in rows] == ["Ada Lindqvist"]
    assert "RFM group: Prospect (no orders)" in bar(client, "/customers/?rfm_group=prospect")


def test_the_default_sort_is_a_column_one_can_come_back_to(
    customer: Customer, rep: User, sign_in: SignIn
) -> None:
    page = sign_in(rep).get("/customers/").content.decode()
    assert re.search(r'aria-sort="descending"><a href="[^"]*sort=updated_at">Updated', page)
