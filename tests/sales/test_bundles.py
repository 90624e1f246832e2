"""Bundles: products made of products at a price of their own."""

from collections.abc import Callable
from decimal import Decimal

import pytest
from django.test import Client

from crm.staff.models import User
from sales.bundles import bundle_of
from sales.models import BundlePart, Product
from tests.sales.shop import product

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]


@pytest.fixture
def starter(manager: User) -> Product:
    """Two bags and a mill for 25 in place of 30."""
    made = product("Starter set")
    Product.objects.filter(pk=made.pk).update(price_amount=25)
    for name, quantity in (("Beans", 2), ("Mill", 1)):
        part = product(name, cost_amount=Decimal(4))
        BundlePart.objects.create(bundle=made, product=part, quantity=quantity)
    made.refresh_from_db()
    return made


def add(client: Client, bundle: Product, part: Product) -> int:
    sent = {"bundle": bundle.pk, "product": part.pk, "quantity": "1"}
    return client.post("/products/parts/new/", sent).status_code


def test_a_bundle_says_what_it_saves_and_earns(starter: Product, rep: User, sign_in: SignIn) -> None:
    found = bundle_of(rep, starter)
    assert (found.alone, found.saved, found.cost, found.margin) == (30, 5, 12, 13)
    page = sign_in(rep).get(f"/products/{starter.pk}/").content.decode()
    assert ("Mill" in page, "Parts alone" in page, "Add a part" in page) == (True, True, False)


def test_what_is_not_known_is_not_added_up(starter: Product, rep: User) -> None:
    Product.objects.filter(name="Mill").update(price_amount=None, cost_amount=None)
    found = bundle_of(rep, starter)
    assert (found.alone, found.saved, found.margin) == (None, None, None)


def test_a_manager_adds_parts(starter: Product, manager: User, sign_in: SignIn) -> None:
    client = sign_in(manager)
    assert add(client, starter, product("Mug")) == 302
    assert starter.parts.count() == 3


def test_no_bundle_holds_itself_another_or_a_product_twice(
    starter: Product, manager: User, rep: User, sign_in: SignIn, unchanged: Callable[[], None]
) -> None:
    other, beans = product("Other"), product("Beans")
    client, seller = sign_in(manager), sign_in(rep)
    unchanged()
    assert [add(client, *pair) for pair in ((other, other), (other, starter), (beans, other), (starter, beans))] == [
        422, 422, 422, 422,
    ]  # fmt: skip
    assert add(seller, starter, other) == 403
    unchanged()
