"""Price books: which price holds for whom, and the pages on which they are kept."""

import json
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from contacts.models import Customer, CustomerValue
from crm.access.models import Role
from crm.company.selectors import company_day
from crm.money.models import ExchangeRate
from crm.money.services import NoRate
from crm.staff.models import User
from sales.discounts import Bound, Discounted, allowed_bound, discount_check, limits_of
from sales.models import DiscountLimit, PriceBook, PriceBookEntry, Product
from sales.prices import Pricing, price_for
from sales.tiers import up_sell
from tests.sales.shop import product

ASKED = {"kind", "country", "rfm_group"}
SignIn = Callable[[User], Client]


@pytest.fixture
def beans(rep: User) -> Product:
    return product("Beans", category="Coffee")


def book(
    name: str, amount: int, *, from_quantity: int = 1, currency: str = "USD", **who: Any
) -> PriceBookEntry:
    parts = [{"field": key, "op": "any_of", "value": [who.pop(key)]} for key in ASKED & who.keys()]
    made = PriceBook.objects.create(name=name, currency=currency, rule={"all": parts} if parts else {}, **who)
    sold = Product.objects.get(name="Beans")
    return PriceBookEntry.objects.create(
        book=made, product=sold, unit_amount=amount, from_quantity=from_quantity
    )


def asked(customer: Customer | None, quantity: int = 1, currency: str = "USD") -> tuple[Decimal, str]:
    sold = Product.objects.get(name="Beans")
    found = price_for(sold, customer, currency, company_day(), Decimal(quantity))
    assert found
    return found.amount, found.book.name if found.book else "list"


def grouped(customer: Customer, group: str) -> None:
    CustomerValue.objects.create(
        customer=customer, rfm_group=group, run_number=1, as_of=company_day(), computed_at=timezone.now(),
        state="predicted",
    )  # fmt: skip


@pytest.mark.django_db
def test_the_first_book_by_priority_counts(beans: Product, customer: Customer) -> None:
    assert asked(customer) == (10, "list")
    book("Everybody", 9, priority=30)
    book("People", 8, kind="person", priority=20)
    book("Champions at home", 7, kind="person", rfm_group="champions", priority=10)
    assert asked(customer) == (8, "People")
    grouped(customer, "champions")
    assert asked(customer) == (7, "Champions at home")
    assert asked(None) == (9, "Everybody")


@pytest.mark.django_db
def test_of_two_of_the_same_priority_the_later_counts(beans: Product, customer: Customer) -> None:
    today = company_day()
    book("New", 9, valid_from=today)
    book("Old", 5, valid_from=today - timedelta(days=400))
    assert asked(customer) == (9, "New")


@pytest.mark.django_db
def test_an_employee_pays_what_the_organisation_pays(beans: Product, customer: Customer, rep: User) -> None:
    firm = Customer.objects.create(name="Works", sort_name="works", kind="organisation", team=customer.team)
    Customer.objects.filter(pk=customer.pk).update(organisation=firm)
    customer.refresh_from_db()
    book("Firms", 6, kind="organisation")
    assert asked(customer) == (6, "Firms")


@pytest.mark.django_db
@pytest.mark.parametrize(
    "who",
    [
        {"valid_from": 1}, {"valid_to": -1}, {"is_active": False}, {"currency": "EUR"}, {"country": "NO"},
        {"rfm_group": "champions"}, {"deleted": True},
    ],
)  # fmt: skip
def test_a_book_that_does_not_hold_is_left_out(
    who: dict[str, Any], beans: Product, customer: Customer
) -> None:
    days = {
        name: company_day() + timedelta(days=who[name]) for name in ("valid_from", "valid_to") if name in who
    }
    deleted = who.pop("deleted", False)
    made = book("Other", 1, **{**who, **days})
    if deleted:
        PriceBook.objects.filter(pk=made.book_id).update(deleted_at=timezone.now())
    assert asked(customer) == (10, "list")


@pytest.mark.django_db
def test_more_of_it_costs_less(beans: Product, customer: Customer) -> None:
    first = book("Everybody", 9)
    PriceBookEntry.objects.create(book=first.book, product=beans, from_quantity=10, unit_amount=7)
    assert [asked(customer, quantity)[0] for quantity in (1, 9, 10, 500)] == [9, 9, 7, 7]


@pytest.mark.django_db
def test_in_another_currency_its_own_book_counts_else_the_rate(beans: Product, customer: Customer) -> None:
    with pytest.raises(NoRate):
        asked(customer, currency="EUR")
    ExchangeRate.objects.create(currency="EUR", valid_on=company_day(), rate=2)
    assert asked(customer, currency="EUR") == (5, "list")
    book("Euro", 4, currency="EUR")
    assert asked(customer, currency="EUR") == (4, "Euro")


@pytest.mark.django_db
def test_the_order_form_takes_the_price_of_the_customer(
    beans: Product, customer: Customer, rep: User, sign_in: SignIn
) -> None:
    first = book("People", 8, kind="person")
    PriceBookEntry.objects.create(book=first.book, product=beans, from_quantity=10, unit_amount=7)
    client, day = sign_in(rep), company_day().isoformat()
    query = {"placed_on": day, "currency": "USD", "customer": customer.pk, "quantity": "12"}
    assert client.get(f"/products/{beans.pk}/price/", query).json() == {"unit_amount": "7.0000"}
    sent = {
        "customer": customer.pk, "placed_on": day, "currency": "USD", "lines-TOTAL_FORMS": 1,
        "lines-INITIAL_FORMS": 0, "lines-0-product": beans.pk, "lines-0-quantity": 2,
    }  # fmt: skip
    assert client.post("/orders/new/", sent).status_code == 302
    assert customer.orders.get().amount == 16


PERSON = {"field": "kind", "op": "any_of", "value": ["person"]}
RULES = [
    ({"all": [{"field": "custom.gone", "op": "is", "value": "x"}]}, None),
    ({"any": [{"field": "city", "op": "is", "value": "Bern"}, PERSON]}, True),
    ({"not": PERSON}, False),
]  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize(("rule", "holds"), RULES)
def test_a_rule_decides_and_one_that_cannot_be_asked_gives_nobody_the_book(
    rule: Any, holds: bool | None, beans: Product, customer: Customer
) -> None:
    made = book("Ruled", 1)
    PriceBook.objects.filter(pk=made.book_id).update(rule=rule)
    pricing = Pricing(customer, "USD", company_day())
    assert [one.holds for one in pricing.standings] == [holds]
    assert asked(customer) == ((1, "Ruled") if holds else (10, "list"))


@pytest.mark.django_db
def test_many_products_cost_no_more_queries_than_one(
    beans: Product, customer: Customer, django_assert_num_queries: Any
) -> None:
    first = book("People", 8, kind="person", priority=1).book
    book("Champions", 7, rfm_group="champions", priority=2)
    wares = [product(f"Ware {number}") for number in range(20)]
    PriceBookEntry.objects.bulk_create(
        PriceBookEntry(book=first, product=ware, unit_amount=5) for ware in wares[:10]
    )
    pricing = Pricing(customer, "USD", company_day())
    with django_assert_num_queries(3):
        pricing.read([beans, *wares])
        found = [pricing.price(ware) for ware in (beans, *wares)]
    assert [price.amount for price in found if price] == [8, *[5] * 10, *[10] * 10]


# --- pages -----------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_manager_keeps_books_and_prices(beans: Product, manager: User, sign_in: SignIn) -> None:
    client = sign_in(manager)
    client.post("/price-books/new/", {"name": "Cafés", "currency": "USD", "priority": "5",
                                      "is_active": "on"})  # fmt: skip
    made = PriceBook.objects.get()
    price = {"book": made.pk, "product": beans.pk, "from_quantity": "1", "unit_amount": "8.5"}
    assert client.post("/price-books/prices/new/", price).status_code == 302
    assert client.post("/price-books/prices/new/", price).status_code == 422  # the same again
    page = client.get(f"/price-books/{made.pk}/").content.decode()
    assert ("Beans" in page, "8.50" in page) == (True, True)
    assert "Cafés" in client.get(f"/products/{beans.pk}/").content.decode()
    assert str(made.pk) in client.get(f"/price-books/prices/new/?book={made.pk}").content.decode()


CHAMPIONS = {"field": "rfm_group", "op": "any_of", "value": ["champions"]}


@pytest.mark.django_db
def test_a_manager_says_who_gets_a_book_and_the_page_says_how_many_that_are(
    beans: Product, customer: Customer, manager: User, rep: User, sign_in: SignIn
) -> None:
    made, client = book("Gold", 8).book, sign_in(manager)
    grouped(customer, "champions")
    address = f"/price-books/{made.pk}/rule/"
    assert "tenure-rule" in client.get(address).content.decode()
    sent = {"version": made.version, "rule": json.dumps({"all": [CHAMPIONS]})}
    assert client.post(address, sent).status_code == 302
    page = client.get(f"/price-books/{made.pk}/").content.decode()
    assert ("RFM group is any of Champions" in page, "1 customer<" in page) == (True, True)
    prices = sign_in(rep).get(f"/customers/{customer.pk}/prices/").content.decode()
    assert ("Gold" in prices, "RFM group is any of Champions" in prices, "Holds" in prices) == (
        True,
        True,
        True,
    )


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("sent", "status"),
    [
        ({"rule": '{"all": [{"field": "custom.gone", "op": "is", "value": "x"}]}'}, 422),
        ({"rule": '{"all": [{"field": "owner", "op": "any_of", "value": ["me"]}]}'}, 422),
        ({"rule": "{"}, 422),
        ({"rule": json.dumps({"all": [CHAMPIONS]}), "version": "77"}, 409),
    ],
)
def test_a_rule_that_cannot_be_is_refused(
    sent: dict[str, str],
    status: int,
    beans: Product,
    manager: User,
    sign_in: SignIn,
    unchanged: Callable[[], None],
) -> None:
    made, client = book("Gold", 8).book, sign_in(manager)
    unchanged()
    assert client.post(f"/price-books/{made.pk}/rule/", {"version": "1"} | sent).status_code == status
    unchanged()


@pytest.mark.django_db
def test_an_outsider_neither_rules_nor_reads_prices(
    beans: Product,
    customer: Customer,
    outsider: User,
    rep: User,
    sign_in: SignIn,
    unchanged: Callable[[], None],
) -> None:
    made = book("Gold", 8).book
    other, own = sign_in(outsider), sign_in(rep)
    unchanged()
    assert other.get(f"/customers/{customer.pk}/prices/").status_code == 403
    assert own.post(f"/price-books/{made.pk}/rule/", {"version": 1, "rule": ""}).status_code == 403
    unchanged()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"currency": "XXX"}, "There is no such currency."),
        ({"valid_from": "2026-02-01", "valid_to": "2026-01-01"}, "The last day lies before the first."),
        ({"name": ""}, "required"),
    ],
)
def test_a_book_that_cannot_be_is_refused(
    change: dict[str, str], words: str, manager: User, sign_in: SignIn, unchanged: Callable[[], None]
) -> None:
    client = sign_in(manager)
    unchanged()
    answer = client.post("/price-books/new/", {"name": "Cafés", "currency": "USD", "priority": "9"} | change)
    assert (answer.status_code, words in answer.content.decode()) == (422, True)
    unchanged()


@pytest.mark.django_db
def test_those_who_only_sell_read_them(
    beans: Product, rep: User, sign_in: SignIn, unchanged: Callable[[], None]
) -> None:
    made = book("People", 8)
    client = sign_in(rep)
    unchanged()
    assert client.get("/price-books/").status_code == 200
    assert client.post("/price-books/new/", {"name": "Mine", "currency": "USD"}).status_code == 403
    sent = {"value": "1", "version": 1}
    address = f"/lists/sales-pricebookentry/records/{made.pk}/properties/unit_amount/"
    assert client.post(address, sent).status_code == 403
    assert client.post(f"/price-books/{made.book_id}/delete/").status_code == 403
    unchanged()


# --- discounts and tiers ---------------------------------------------------------------------------------------


def test_a_discount_beyond_the_limit_of_its_category_needs_approval() -> None:
    limits = [{"": Bound(Decimal(10)), "Machines": Bound(Decimal(5))}]
    lines = [Discounted("Beans", "Coffee", Decimal(10)), Discounted("Mill", "Machines", Decimal(6))]
    assert [(found.line.text, found.allowed) for found in discount_check(lines, limits)] == [("Mill", 5)]


def test_the_widest_role_wins_and_no_limit_bounds_nothing() -> None:
    roles = [{"": Bound(Decimal(10), Decimal(30))}, {"": Bound(Decimal(20), Decimal(40))}]
    assert allowed_bound("Coffee", roles) == Bound(Decimal(20), Decimal(30))
    assert (allowed_bound("Coffee", []), allowed_bound("A", [{"B": Bound(Decimal(1))}])) == (None, None)


RATES = st.decimals(0, 100, places=2)


@given(RATES, st.lists(st.dictionaries(st.sampled_from(["", "Coffee"]), RATES), max_size=4))
def test_what_is_let_through_some_role_allows(rate: Decimal, limits: list[dict[str, Decimal]]) -> None:
    known_limits = [{name: Bound(bound) for name, bound in role.items()} for role in limits]
    excess = discount_check([Discounted("Beans", "Coffee", rate)], known_limits)
    known = [role.get("Coffee", role.get("")) for role in limits]
    bounds = [bound for bound in known if bound is not None]
    assert bool(excess) == (bool(bounds) and all(rate > bound for bound in bounds))


@pytest.mark.django_db
def test_the_limits_are_those_of_the_persons_roles(rep: User, manager: User, sign_in: SignIn) -> None:
    role = Role.objects.get(key="sales-rep")
    answer = sign_in(manager).post(
        "/discount-limits/new/", {"role": role.pk, "category": "", "limit_rate": "10"}
    )
    assert answer.status_code == 302
    assert (limits_of(rep), limits_of(manager)) == ([{"": Bound(Decimal(10))}], [])
    again = sign_in(manager).post(
        "/discount-limits/new/", {"role": role.pk, "category": "", "limit_rate": "101"}
    )
    assert (again.status_code, DiscountLimit.objects.count()) == (422, 1)


@pytest.mark.django_db
def test_the_next_tier_says_what_it_adds(rep: User, sign_in: SignIn) -> None:
    simple = product("Simple", line="Mills", tier=1, cost_amount=4)
    product("Gone", line="Mills", tier=2, is_active=False)
    better = product("Better", line="Mills", tier=3, cost_amount=9)
    Product.objects.filter(pk=better.pk).update(price_amount=25)
    found = up_sell(rep, simple)
    assert found
    assert (found.product, found.amount, found.margin) == (better, 15, 10)
    assert up_sell(rep, better) is None
    assert "Better" in sign_in(rep).get(f"/products/{simple.pk}/").content.decode()


@pytest.mark.django_db
def test_the_lists_of_prices_parts_and_limits_open(beans: Product, rep: User, sign_in: SignIn) -> None:
    book("People", 8)
    client = sign_in(rep)
    for path in ("/price-books/prices/", "/products/parts/", "/discount-limits/", "/price-books/"):
        assert client.get(path).status_code == 200, path
    assert "Beans" in client.get("/price-books/prices/").content.decode()
