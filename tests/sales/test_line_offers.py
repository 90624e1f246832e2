"""What the lines of an open deal could become, with one click each."""

from collections.abc import Callable
from decimal import Decimal

import pytest
from django.test import Client

from crm.company.selectors import company_day
from crm.staff.models import User
from sales.line_offers import line_offers
from sales.models import Deal, PriceBook, PriceBookEntry, Product
from sales.selectors import deal_lines
from sales.services.deal_lines import deal_lines_save
from sales.services.order import Line
from tests.sales.shop import product

SignIn = Callable[[User], Client]
pytestmark = pytest.mark.django_db


@pytest.fixture
def beans(rep: User) -> Product:
    return product("Beans", line="Coffee", tier=1, cost_amount=4)


@pytest.fixture
def deal(rep: User, make_deal: Callable[..., Deal], beans: Product) -> Deal:
    """Ten bags at their list price, less 10 %: 90."""
    deal = make_deal(rep)
    line = Line(Decimal(10), Decimal(10), beans, "", Decimal(10))
    return deal_lines_save(actor=rep, deal=deal, lines=[line], version=deal.version)


def gold(beans: Product, **prices: str) -> PriceBook:
    """gold(beans, from_1="8"): what one costs from these quantities on."""
    book = PriceBook.objects.create(name="Gold", currency="USD", valid_from=company_day())
    for name, amount in prices.items():
        quantity = Decimal(name.removeprefix("from_"))
        PriceBookEntry.objects.create(
            book=book, product=beans, from_quantity=quantity, unit_amount=Decimal(amount)
        )
    return book


def test_a_book_that_holds_later_changes_no_line_until_somebody_takes_it_over(
    deal: Deal, beans: Product, rep: User, sign_in: SignIn
) -> None:
    client, address = sign_in(rep), f"/deals/{deal.pk}/?tab=lines"
    assert "Prices differ" not in client.get(address).content.decode()
    gold(beans, from_1="8")
    assert "Prices differ from what Gold says now." in client.get(address).content.decode()
    assert deal.lines.get().line_amount == 90
    sent = {"version": deal.version}
    assert client.post(f"/deals/{deal.pk}/reprice/", sent).status_code == 302
    assert (deal.lines.get().unit_amount, deal.lines.get().line_amount) == (8, 72)
    assert "Prices differ" not in client.get(address).content.decode()


def test_the_next_tier_says_what_it_adds_and_is_taken_with_one_click(
    deal: Deal, beans: Product, rep: User, sign_in: SignIn
) -> None:
    better = product("Guji", line="Coffee", tier=2, cost_amount=5)
    Product.objects.filter(pk=better.pk).update(price_amount=15)
    product("Gone", line="Coffee", tier=3, is_active=False)
    found = line_offers(rep, deal, list(deal_lines(deal))).rows[0].tier
    assert found
    assert (found.amount, found.margin) == (45, 35)  # 135 less 90; ten more of cost
    client, line = sign_in(rep), deal.lines.get()
    assert "Next tier: Guji" in client.get(f"/deals/{deal.pk}/?tab=lines").content.decode()
    client.post(f"/deals/{deal.pk}/lines/{line.pk}/tier/", {"version": deal.version})
    assert (deal.lines.get().product, deal.lines.get().line_amount) == (better, 135)


def test_the_next_quantity_that_costs_less_is_offered_where_it_is_near(
    deal: Deal, beans: Product, rep: User
) -> None:
    gold(beans, from_1="10", from_20="9", from_100="5")
    found = line_offers(rep, deal, list(deal_lines(deal))).rows[0].volume
    assert found
    assert (found.line.quantity, found.each, found.amount) == (20, Decimal("8.1"), 72)
    PriceBookEntry.objects.filter(from_quantity=20).delete()
    assert line_offers(rep, deal, list(deal_lines(deal))).rows[0].volume is None  # 100 is far


def test_the_lines_of_a_deal_ask_the_same_however_many_they_are(
    deal: Deal, beans: Product, rep: User, count_queries: Callable[[], object]
) -> None:
    gold(beans, from_1="8")
    wares = [product(f"Ware {number}", line=f"L{number}", tier=1) for number in range(12)]
    for number in range(12):
        product(f"Better {number}", line=f"L{number}", tier=2)
    lines = [Line(Decimal(2), Decimal(9), ware) for ware in wares]
    deal.refresh_from_db()
    deal_lines_save(actor=rep, deal=deal, lines=lines, version=deal.version)
    rows = list(deal_lines(deal))
    with count_queries() as asked:  # type: ignore[attr-defined]
        offers = line_offers(rep, deal, rows)
    assert (len(offers.differ), all(offer.tier for offer in offers.rows)) == (12, True)
    assert len(asked) <= 6


@pytest.mark.parametrize("verb", ["reprice", "lines/{line}/tier", "lines/{line}/volume"])
def test_a_stale_click_and_an_outsider_change_nothing(
    verb: str,
    deal: Deal,
    beans: Product,
    rep: User,
    outsider: User,
    sign_in: SignIn,
    unchanged: Callable[[], None],
) -> None:
    gold(beans, from_1="8", from_20="7")
    product("Guji", line="Coffee", tier=2)
    place = f"/deals/{deal.pk}/{verb.format(line=deal.lines.get().pk)}/"
    own, other = sign_in(rep), sign_in(outsider)
    unchanged()
    assert own.post(place, {"version": deal.version - 1}).status_code == 302
    assert other.post(place, {"version": deal.version}).status_code == 403
    unchanged()
