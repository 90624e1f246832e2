from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.test import Client

from contacts.models import Customer, DirtyCustomer
from contacts.services.customer import customer_create
from crm.company.models import Company
from crm.money.models import ExchangeRate
from crm.search.services import index
from crm.staff.models import User
from sales.models import Order, Product
from sales.services.order import Line, order_create

SignIn = Callable[[User], Client]
HTMX = {"HX-Request": "true"}


def data(buyer: Customer, **changes: str) -> dict[str, str]:
    return {
        "customer": str(buyer.pk),
        "placed_on": "2026-03-01",
        "currency": "USD",
        "lines-TOTAL_FORMS": "1",
        "lines-INITIAL_FORMS": "0",
        "lines-0-text": "Beans",
        "lines-0-quantity": "2",
        "lines-0-unit_amount": "19.90",
        "lines-0-discount_rate": "",
        **changes,
    }


def test_an_order_is_placed_with_its_lines(rep: User, customer: Customer, sign_in: SignIn) -> None:
    answer = sign_in(rep).post("/orders/new/", data(customer))
    order = Order.objects.get()
    assert answer.status_code == 302
    assert (order.amount, order.base_amount, order.payer_id) == (
        Decimal("39.80"),
        Decimal("39.80"),
        customer.pk,
    )
    assert order.placed_on == date(2026, 3, 1)
    assert order.lines.get().line_amount == Decimal("39.80")
    assert DirtyCustomer.objects.filter(customer_id=customer.pk, kind="order").exists()


def test_the_payer_is_the_buyers_organisation_at_that_moment(rep: User, customer: Customer) -> None:
    firm = customer_create(actor=rep, values={"name": "Firm", "kind": "organisation"})
    Customer.objects.filter(pk=customer.pk).update(organisation=firm)
    customer.refresh_from_db()
    line = Line(Decimal(1), Decimal(5), text="x")
    order = order_create(
        actor=rep, customer=customer, placed_on=date(2026, 1, 2), currency="USD", lines=[line]
    )
    Customer.objects.filter(pk=customer.pk).update(organisation=None)
    assert Order.objects.get(pk=order.pk).payer == firm


def test_a_foreign_currency_is_kept_beside_the_companys(
    rep: User, customer: Customer, sign_in: SignIn
) -> None:
    ExchangeRate.objects.create(currency="EUR", valid_on=date(2026, 2, 1), rate=Decimal("1.10"))
    sign_in(rep).post("/orders/new/", data(customer, currency="EUR"))
    order = Order.objects.get()
    assert (order.amount, order.currency, order.base_amount) == (Decimal("39.80"), "EUR", Decimal("43.78"))


def test_margin_is_known_when_every_cost_is(rep: User, customer: Customer) -> None:
    beans = Product.objects.create(code="B", name="Beans", cost_amount=Decimal(4))
    lines = [Line(Decimal(3), Decimal(10), product=beans, discount_rate=Decimal(10))]
    order = order_create(
        actor=rep, customer=customer, placed_on=date(2026, 1, 2), currency="USD", lines=lines
    )
    assert (order.amount, order.margin_amount) == (Decimal(27), Decimal(15))


@pytest.mark.parametrize(
    "changes",
    [
        {"currency": "XXX"},
        {"currency": "EUR"},
        {"placed_on": "2026-02-30"},
        {"placed_on": "1850-01-01"},
        {"placed_on": "2999-01-01"},
        {"customer": "999999999"},
        {"customer": "x"},
        {"lines-0-quantity": "-1"},
        {"lines-0-quantity": "0"},
        {"lines-0-unit_amount": "NaN"},
        {"lines-0-unit_amount": "1e400"},
        {"lines-0-unit_amount": "999999999999", "lines-0-quantity": "1000"},
        {"lines-0-discount_rate": "101"},
        {"lines-0-text": ""},
        {"lines-0-unit_amount": ""},
        {"lines-0-DELETE": "on"},
        {"lines-TOTAL_FORMS": "0"},
        {"lines-TOTAL_FORMS": "100000"},
        {"lines-TOTAL_FORMS": "x"},
    ],
)
def test_bad_input_is_answered_at_the_field_and_nothing_is_written(
    changes: dict[str, str], rep: User, customer: Customer, sign_in: SignIn, unchanged: Callable[[], None]
) -> None:
    client = sign_in(rep)
    unchanged()
    answer = client.post("/orders/new/", data(customer, **changes))
    assert answer.status_code == 422
    unchanged()


@pytest.fixture
def beans(company: Company) -> Product:
    ExchangeRate.objects.create(currency="EUR", valid_on=date(2026, 2, 1), rate=Decimal("1.25"))
    product = Product.objects.create(code="B-1", name="Sidamo beans", price_amount=Decimal("20.00"))
    index(product)
    return product


def test_a_product_without_a_price_typed_costs_its_list_price(
    rep: User, customer: Customer, beans: Product, sign_in: SignIn
) -> None:
    line = {"lines-0-product": str(beans.pk), "lines-0-text": "", "lines-0-unit_amount": ""}
    sign_in(rep).post("/orders/new/", data(customer, currency="EUR", **line))
    order = Order.objects.get()
    assert (order.amount, order.base_amount) == (Decimal("32.00"), Decimal("40.00"))
    assert order.lines.get().text == "Sidamo beans"


def test_the_price_of_a_product_is_told_in_the_currency_of_the_order(
    rep: User, beans: Product, sign_in: SignIn
) -> None:
    client = sign_in(rep)
    address = f"/products/{beans.pk}/price/"
    prices = [
        client.get(address, {"placed_on": day, "currency": currency}).json()["unit_amount"]
        for day, currency in (
            ("2026-03-01", "USD"),
            ("2026-03-01", "EUR"),
            ("2025-03-01", "EUR"),
            ("x", "USD"),
        )
    ]
    assert prices == ["20.00", "16.00", None, None]
    assert sign_in(rep).get("/search/?type=sales.product&q=sidamo", headers=HTMX).context["hits"]


def test_only_currencies_with_a_rate_are_offered(rep: User, beans: Product, sign_in: SignIn) -> None:
    form = sign_in(rep).get("/orders/new/").context["form"]
    assert [value for value, _label in form.fields["currency"].choices] == ["USD", "EUR"]


def test_an_empty_order_asks_for_a_line_and_says_nothing_else(
    rep: User, customer: Customer, sign_in: SignIn
) -> None:
    empty = {"lines-0-text": "", "lines-0-quantity": "1", "lines-0-unit_amount": ""}
    answer = sign_in(rep).post("/orders/new/", data(customer, **empty))
    assert answer.status_code == 422
    assert answer.context["lines"].non_form_errors() == ["Add at least one line."]
    assert not any(answer.context["lines"].errors)


def test_what_was_typed_without_choosing_comes_back_with_an_error_at_the_field(
    rep: User, customer: Customer, sign_in: SignIn
) -> None:
    typed = {"customer": "", "customer-typed": "Nobody Atall", "lines-0-product-typed": "42"}
    answer = sign_in(rep).post("/orders/new/", data(customer, **typed))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert answer.context["form"].errors["customer"] == ["Choose one from the list."]
    assert answer.context["lines"].errors[0]["product"] == ["Choose one from the list."]
    assert 'value="Nobody Atall"' in page
    assert 'value="42"' in page


def test_an_order_of_today_is_shown_by_its_day(rep: User, customer: Customer, sign_in: SignIn) -> None:
    client = sign_in(rep)
    client.post("/orders/new/", data(customer))
    order = Order.objects.get()
    pages = [f"/orders/{order.pk}/", f"/customers/{customer.pk}/"]
    assert not any("12:00" in client.get(page).content.decode() for page in pages)
    Order.objects.update(placed_at=datetime(2026, 3, 1, 14, 35, tzinfo=UTC))
    assert all("15:35" in client.get(page).content.decode() for page in pages)
