"""Products: list, record, new, edit where it stands, no longer sold; by declaration."""

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from crm.access.models import Role
from crm.audit.models import AuditEntry
from crm.search.selectors import matching_ids
from crm.staff.models import User
from sales.models import Product
from sales.product_panels import SoldPanel, TogetherPanel
from tests.sales.shop import buy, product, shop

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]
FORM = {
    "name": "Guji, 250 g",
    "code": "GUJI-250",
    "category": "Beans",
    "price_amount": "12.50",
    "is_active": "on",
}


@pytest.fixture
def beans(manager: User) -> Product:
    return product("Beans", category="Coffee", line="House", tier=1, cost_amount=Decimal(4))


def save(client: Client, beans: Product, name: str, value: str, version: int | None = None) -> Any:
    sent = {"value": value, "version": version or Product.objects.get(pk=beans.pk).version}
    return client.post(f"/lists/sales-product/records/{beans.pk}/properties/{name}/", sent)


def test_a_new_product_is_found_and_told(manager: User, sign_in: SignIn) -> None:
    answer = sign_in(manager).post("/products/new/", FORM)
    made = Product.objects.get(code="GUJI-250")
    assert answer.headers["Location"] == f"/products/{made.pk}/"
    assert (made.price_amount, made.category, made.is_active) == (Decimal("12.50"), "Beans", True)
    assert list(matching_ids("sales.product", "guji")) == [made.pk]
    assert AuditEntry.objects.get(action="sales.product.create").object_id == made.pk


def test_sent_twice_it_is_one_product(manager: User, sign_in: SignIn) -> None:
    client = sign_in(manager)
    key = re.search(r'name="submission" value="([^"]+)"', client.get("/products/new/").content.decode())
    assert key
    for _sending in range(2):
        client.post("/products/new/", {**FORM, "submission": key[1]})
    assert Product.objects.filter(code="GUJI-250").count() == 1


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"code": "beans"}, "Beans has this code already."),
        ({"price_amount": "-1"}, "greater than or equal to 0"),
        ({"cost_amount": "1e20"}, "digits"),
        ({"tier": "2"}, "A tier needs the product line"),
        ({"tier": "100", "line": "House"}, "less than or equal to 99"),
        ({"name": ""}, "required"),
        ({"name": "a\u202eb"}, "invisible"),
    ],
)
def test_what_is_wrong_is_said_at_the_field(
    change: dict[str, str], words: str, beans: Product, manager: User, sign_in: SignIn,
    unchanged: Callable[[], None],
) -> None:  # fmt: skip
    client = sign_in(manager)
    unchanged()
    answer = client.post("/products/new/", FORM | change)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    unchanged()


def test_a_product_is_edited_where_it_stands(beans: Product, manager: User, sign_in: SignIn) -> None:
    client = sign_in(manager)
    assert save(client, beans, "price", "11.00").status_code < 400
    assert save(client, beans, "is_active", "").status_code < 400
    beans.refresh_from_db()
    assert (beans.price_amount, beans.is_active) == (Decimal(11), False)


def test_a_stale_edit_is_refused(beans: Product, manager: User, sign_in: SignIn) -> None:
    client = sign_in(manager)
    save(client, beans, "price", "11.00")
    assert save(client, beans, "price", "12.00", version=1).status_code == 409
    assert Product.objects.get(pk=beans.pk).price_amount == Decimal(11)


def test_a_code_that_another_has_is_refused_where_it_stands(
    beans: Product, manager: User, sign_in: SignIn
) -> None:
    product("Tea")
    answer = save(sign_in(manager), beans, "code", "tea")
    assert (answer.status_code, "Tea has this code already." in answer.content.decode()) == (422, True)


def test_those_who_only_sell_change_nothing(
    beans: Product, rep: User, sign_in: SignIn, unchanged: Callable[[], None]
) -> None:
    client = sign_in(rep)
    unchanged()
    assert client.post("/products/new/", FORM).status_code == 403
    assert save(client, beans, "price", "1").status_code == 403
    unchanged()


def test_what_is_no_longer_sold_leaves_the_list_and_the_order_form(
    beans: Product, manager: User, sign_in: SignIn
) -> None:
    client = sign_in(manager)
    save(client, beans, "is_active", "")
    assert f"/products/{beans.pk}/" not in client.get("/products/").content.decode()
    assert f"/products/{beans.pk}/" in client.get("/products/?state=inactive").content.decode()
    assert client.get(f"/products/{beans.pk}/").status_code == 200


def test_the_cost_is_for_those_who_may_know_it(beans: Product, rep: User, sign_in: SignIn) -> None:
    client = sign_in(rep)
    assert "4.00" in client.get(f"/products/{beans.pk}/").content.decode()
    Role.objects.filter(key="sales-rep").update(field_groups={})
    assert "4.00" not in client.get(f"/products/{beans.pk}/").content.decode()
    assert "4.00" not in client.get("/products/").content.decode()


def test_a_page_of_products_costs_few_queries(manager: User, sign_in: SignIn) -> None:
    for number in range(60):
        product(f"Beans {number:02}")
    client = sign_in(manager)
    client.get("/products/")
    with CaptureQueriesContext(connection) as queries:
        client.get("/products/")
    assert len(queries) <= 16


def test_the_panels_tell_how_it_sells(beans: Product, rep: User, sign_in: SignIn) -> None:
    (buyer,) = shop([("Beans", "Filters")])
    buy(buyer, "Beans")
    for panel in (SoldPanel(), TogetherPanel()):
        panel.context(user=rep, record=beans)
        with CaptureQueriesContext(connection) as queries:
            found = panel.context(user=rep, record=beans)
        assert len(queries) <= panel.query_budget
    assert SoldPanel().context(user=rep, record=beans)["orders"] == 2
    assert found["rows"] == []
    assert "Sold in a year" in sign_in(rep).get(f"/products/{beans.pk}/").content.decode()
