"""Price books and discount approvals by the API."""

from collections.abc import Callable
from decimal import Decimal

import pytest

from contacts.models import Customer
from crm.access.models import Role
from crm.staff.models import User
from sales.models import Deal, DiscountApproval, DiscountLimit, PriceBook, PriceBookEntry
from sales.services.deal_lines import deal_lines_save
from sales.services.order import Line
from tests.crm.api.conftest import Api
from tests.sales.shop import product

pytestmark = pytest.mark.django_db
PEOPLE = {"all": [{"field": "kind", "op": "any_of", "value": ["person"]}]}


def test_a_book_is_made_with_its_rule_and_tells_what_a_customer_pays(
    admin: User, customer: Customer, api: Api
) -> None:
    client = api(admin)
    made = client.post("price-books/", {"name": "People", "currency": "USD", "priority": 5, "rule": PEOPLE})
    assert (made.status_code, made.json()["rule"]) == (201, PEOPLE)
    assert made.json()["rule_words"] == "Type is any of Person"
    book = PriceBook.objects.get()
    PriceBookEntry.objects.create(book=book, product=product("Beans"), unit_amount=Decimal("8.5"))
    told = client.get(f"customers/{customer.pk}/prices/").json()
    assert [(one["book"]["name"], one["prices"][0]["unit_amount"]) for one in told["books"]] == [
        ("People", "8.5000")
    ]
    edited = client.patch(f"price-books/{book.pk}/", {"rule": {"not": PEOPLE}}, If_Match="*")
    assert (edited.status_code, client.get(f"customers/{customer.pk}/prices/").json()["books"]) == (200, [])


def test_a_rule_that_cannot_be_asked_is_refused(admin: User, api: Api, unchanged: Callable[[], None]) -> None:
    client = api(admin)
    unchanged()
    rule = {"all": [{"field": "custom.gone", "op": "is", "value": "x"}]}
    answer = client.post("price-books/", {"name": "X", "currency": "USD", "rule": rule})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "rule")
    unchanged()


def test_a_discount_is_asked_for_approved_and_only_then_won(
    rep: User, manager: User, api: Api, make_deal: Callable[..., Deal]
) -> None:
    DiscountLimit.objects.create(role=Role.objects.get(key="sales-rep"), category="", limit_rate=10)
    deal = make_deal(rep)
    line = Line(Decimal(1), Decimal(10), product("Beans"), "", Decimal(20))
    deal_lines_save(actor=rep, deal=deal, lines=[line], version=deal.version)
    own, other = api(rep), api(manager)
    assert own.post(f"deals/{deal.pk}/win/").status_code == 422
    asked = own.post("discount-approvals/", {"deal": deal.pk, "word": "Please"})
    assert (asked.status_code, asked.json()["state"]) == (201, "asked")
    place = f"discount-approvals/{asked.json()['id']}"
    assert own.post(f"{place}/approve/").status_code == 403
    assert other.post(f"{place}/reject/", {}).status_code == 422
    assert other.post(f"{place}/approve/", {"reason": "Fine"}).json()["state"] == "approved"
    assert other.post(f"{place}/reject/", {"reason": "No"}).status_code == 422
    assert own.post(f"deals/{deal.pk}/win/").status_code == 200


def test_who_may_not_see_the_deal_meets_nothing(
    admin: User, narrow: User, api: Api, make_deal: Callable[..., Deal], unchanged: Callable[[], None]
) -> None:
    figures = {"rate": 30, "currency": "USD", "list_amount": 10, "amount": 7}
    made = DiscountApproval.objects.create(deal=make_deal(admin), asked_by=admin, **figures)
    client = api(narrow)
    unchanged()
    assert client.get("discount-approvals/").json()["results"] == []
    assert client.get(f"discount-approvals/{made.pk}/").status_code == 404
    assert client.post(f"discount-approvals/{made.pk}/withdraw/").status_code == 404
    unchanged()
