"""Filters that cannot be read leave no rows, for every scope; words of any length are searched."""

from collections.abc import Callable

import pytest
from django.test import Client

from contacts.models import Customer
from contacts.services.engagement import task_create
from crm.access.models import Role
from crm.staff.models import Team, User
from tests.conftest import person

SignIn = Callable[[User], Client]
UNREADABLE = ("owner=x", "q=%00", "sort=nothing", "after=nonsense", "before=nonsense")
LISTS = {
    "/tasks/": ("due=0", "state=x", "customer=0", *UNREADABLE),
    "/orders/": ("status=zz", "customer=1", "payer=x", *UNREADABLE),
    "/customers/": ("kind=x", "rfm_group=x", "risk=x", "r=9", "organisation=x", *UNREADABLE),
}


@pytest.mark.parametrize("scope", ["own", "team", "subteams", "all"])
def test_an_unreadable_filter_is_no_fault(scope: str, root: Team, sign_in: SignIn) -> None:
    user = person("reader", Team.objects.create(name="Readers", parent=root))
    kinds = ("contacts.customer", "contacts.task", "sales.order", "analytics.value")
    matrix = {kind: {"view": scope, "create": "all"} for kind in kinds}
    Role.objects.create(key="reader", name="Reader", matrix=matrix).users.add(user)
    task_create(actor=user, values={"title": "Ring Ada"})
    client = sign_in(user)
    for address, queries in LISTS.items():
        for query in queries:
            assert client.get(f"{address}?{query}").status_code == 200, f"{address}?{query}"
    assert "Ring Ada" in client.get("/tasks/").content.decode()
    assert "Ring Ada" not in client.get("/tasks/?due=0").content.decode()


@pytest.mark.parametrize("word", ["a" * 2_100, "😀" * 600, "ä" * 3_000, "a " * 3_000])
def test_a_word_of_any_length_is_searched(word: str, rep: User, customer: Customer, sign_in: SignIn) -> None:
    client = sign_in(rep)
    for address in ("/customers/", "/orders/", "/search/"):
        assert client.get(address, {"q": word}).status_code == 200


def test_a_long_word_is_found_by_itself(rep: User, sign_in: SignIn) -> None:
    client, name = sign_in(rep), "Llanfair" * 12
    client.post("/customers/new/", {"name": name, "kind": "person"})
    assert name in client.get("/customers/", {"q": name}).content.decode()
