"""One click puts a recommended product on an open deal; whether it was taken, the orders tell."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from contacts.models import Customer
from crm.company.selectors import company_day
from crm.staff.models import User
from sales.models import Deal, RecommendationOffer
from sales.panels import RecommendationsPanel
from sales.recommendations import acceptance
from sales.services.recommendation_refresh import recommendation_refresh
from tests.sales.shop import buy, product, shop

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]
Make = Callable[..., Deal]


@pytest.fixture
def deal(customer: Customer, rep: User, make_deal: Make) -> Deal:
    """Of a customer who bought beans, where many others bought filters too."""
    shop([("Beans", "Filters")] * 8 + [("Tea",)] * 10)
    buy(customer, "Beans")
    made = make_deal(rep, customer, amount=None)
    recommendation_refresh()
    return made


def offer(client: Client, deal: Deal, name: str = "Filters") -> Any:
    return client.post(f"/products/{product(name).pk}/offer/", {"deal": deal.pk})


def lines(deal: Deal) -> list[tuple[str, Decimal]]:
    return list(deal.lines.values_list("text", "line_amount"))


def test_it_becomes_a_line_at_its_price_however_often_it_is_clicked(
    deal: Deal, rep: User, sign_in: SignIn
) -> None:
    client = sign_in(rep)
    for _click in range(2):
        assert offer(client, deal).headers["Location"] == f"/deals/{deal.pk}/?tab=lines"
    deal.refresh_from_db()
    assert (lines(deal), deal.amount) == ([("Filters", 10)], 10)
    found = RecommendationOffer.objects.get()
    assert (found.rank, found.payer_id, found.actor, round(found.share, 2)) == (1, deal.payer_id, rep, 0.89)


def test_what_the_deal_was_estimated_at_stays(deal: Deal, rep: User, sign_in: SignIn) -> None:
    Deal.objects.filter(pk=deal.pk).update(amount=900)
    offer(sign_in(rep), deal)
    deal.refresh_from_db()
    assert (lines(deal), deal.amount) == ([("Espresso bar", 900), ("Filters", 10)], 910)


def test_undo_takes_it_off_again(deal: Deal, rep: User, sign_in: SignIn) -> None:
    client = sign_in(rep)
    offer(client, deal)
    client.post(f"/offers/{RecommendationOffer.objects.get().pk}/withdraw/")
    deal.refresh_from_db()
    assert (lines(deal), deal.amount, RecommendationOffer.objects.count()) == ([], None, 0)


def test_the_panel_offers_it_for_each_open_deal_and_says_where_it_is(
    deal: Deal, rep: User, sign_in: SignIn
) -> None:
    client, address = sign_in(rep), f"/customers/{deal.customer_id}/"
    assert "Add to deal" in client.get(address).content.decode()
    offer(client, deal)
    page = client.get(address).content.decode()
    assert "Add to deal" not in page
    assert "On Espresso bar" in page


def test_a_reader_of_the_deal_gets_no_button(deal: Deal, agent: User) -> None:
    panel = RecommendationsPanel().context(user=agent, customer=deal.customer)
    assert (len(panel["rows"]), panel["deals"]) == (1, [])


def test_an_outsider_finds_neither_product_nor_deal(
    deal: Deal, narrow: User, outsider: User, sign_in: SignIn, unchanged: Callable[[], None]
) -> None:
    clients = [sign_in(narrow), sign_in(outsider)]
    pk = product("Filters").pk
    unchanged()
    assert [client.post(f"/products/{pk}/offer/", {"deal": deal.pk}).status_code for client in clients] == [
        404,
        403,
    ]
    unchanged()


@pytest.mark.parametrize("asked", ["", "x", "9" * 30])
def test_a_deal_that_cannot_be_is_refused(
    asked: str, deal: Deal, rep: User, sign_in: SignIn, unchanged: Callable[[], None]
) -> None:
    client, pk = sign_in(rep), product("Filters").pk
    unchanged()
    assert client.post(f"/products/{pk}/offer/", {"deal": asked}).status_code == 302
    unchanged()


def test_what_is_not_recommended_or_too_late_changes_nothing(deal: Deal, rep: User, sign_in: SignIn) -> None:
    client = sign_in(rep)
    offer(client, deal, "Tea")
    Deal.objects.filter(pk=deal.pk).update(state="lost", closed_at="2026-01-01T00:00Z")
    offer(client, deal)
    assert (lines(deal), RecommendationOffer.objects.count()) == ([], 0)


def test_taken_is_what_was_bought_from_that_day_on(deal: Deal, rep: User, sign_in: SignIn) -> None:
    client = sign_in(rep)
    offer(client, deal)
    buy(deal.customer, "Filters")  # ten days before the offer
    assert [(row.offered, row.taken) for row in acceptance(rep)] == [(1, 0)]
    buy(deal.customer, "Filters", day=company_day())
    assert [(row.offered, row.taken) for row in acceptance(rep)] == [(1, 1)]
    assert "Offered and taken" in client.get("/products/recommendations/").content.decode()
    found = client.get(f"/deals/?state=all&recommended={product('Filters').pk}").content.decode()
    assert "Espresso bar" in found


def test_offers_on_deals_of_others_are_not_counted(
    deal: Deal, rep: User, narrow: User, sign_in: SignIn
) -> None:
    offer(sign_in(rep), deal)
    assert acceptance(narrow) == []
