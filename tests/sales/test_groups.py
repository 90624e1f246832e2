"""The pages of RFM groups: what is counted, for whom, and that each number opens just what it counts."""

import re
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from contacts.models import Customer, CustomerValue, Interaction
from crm.company.selectors import company_day
from crm.staff.models import Team, User
from sales.group_doors import last_year
from sales.group_figures import figures, top_products
from sales.group_parts import bands, lost_reasons
from sales.models import Deal, LossReason, PriceBook, Product, Quote
from sales.services.deal_lines import deal_lines_save
from sales.services.deal_stage import deal_lose, deal_win
from sales.services.order import Line
from sales.services.quote import quote_create
from tests.sales.shop import buy, shop

SignIn = Callable[[User], Client]
pytestmark = pytest.mark.django_db


def group_of(customer: Customer, group: str, lifetime: float = 100) -> None:
    CustomerValue.objects.create(
        customer=customer, rfm_group=group, run_number=1, as_of=company_day(), computed_at=timezone.now(),
        state="predicted", lifetime_value=lifetime, churn_risk=0.25,
    )  # fmt: skip


@pytest.fixture
def buyers(root: Team, admin: User) -> list[Customer]:
    """Two champions, who buy beans, one of them a mill; a lost one who bought a mill; one who bought two years ago."""
    found = shop([["Beans", "Mill"], ["Beans"], ["Mill"]])
    for customer, group in zip(found, ("champions", "champions", "lost"), strict=True):
        group_of(customer, group)
    buy(found[0], "Old", day=company_day() - timedelta(days=760))
    return found


def test_a_group_is_held_against_all_customers(buyers: list[Customer], admin: User) -> None:
    found = figures(admin, last_year())
    one, every = found["champions"], found["all"]
    assert (one.customers, one.payers, one.orders, one.revenue, every.revenue) == (2, 2, 2, 30, 40)
    assert (one.lifetime_value, one.churn_risk, one.order_value) == (100, 0.25, 15)
    beans, mill = top_products(admin, one, every, 5)
    assert (beans.product.name, beans.buyers, beans.share) == ("Beans", 2, 1)
    assert round(beans.lift, 3) == 1.5  # all of them, two thirds of all
    assert (mill.product.name, mill.share, round(mill.usual, 3)) == ("Mill", 0.5, 0.667)


def test_the_discount_counts_from_the_unit_price(buyers: list[Customer], admin: User) -> None:
    order = buy(buyers[2], "Beans")
    order.lines.update(discount_rate=50, line_amount=5)
    assert figures(admin, last_year())["lost"].discount == pytest.approx(0.25)


def closed(actor: User, make_deal: Callable[..., Deal], customer: Customer, *, won: bool) -> Deal:
    deal = make_deal(actor, customer, amount=None)
    line = Line(Decimal(1), Decimal(100), text="Tasting", discount_rate=Decimal(8))
    deal_lines_save(actor=actor, deal=deal, lines=[line], version=deal.version)
    quote = quote_create(actor=actor, deal=deal)
    status = "accepted" if won else "declined"
    Quote.objects.filter(pk=quote.pk).update(
        status=status,
        sent_at=timezone.now(),
        answered_at=timezone.now(),
        answer_note="" if won else "Too dear",
    )
    deal.refresh_from_db()
    if won:
        deal_win(actor=actor, deal=deal)
    else:
        deal_lose(actor=actor, deal=deal, reason=LossReason.objects.get_or_create(name="Price")[0])
    return deal


def test_offers_and_reasons_are_told_by_group(
    buyers: list[Customer], admin: User, make_deal: Callable[..., Deal]
) -> None:
    closed(admin, make_deal, buyers[0], won=True)
    closed(admin, make_deal, buyers[1], won=False)
    closed(admin, make_deal, buyers[2], won=False)
    one = figures(admin, last_year())["champions"]
    assert (one.won, one.lost, one.win_rate, one.won_amount) == (1, 1, 0.5, 92)
    (band,) = bands(admin, last_year(), "champions")
    assert (band.key, band.sent, band.accepted, band.declined, band.net) == ("10", 2, 1, 1, 92)
    assert [(row["reason"], row["count"]) for row in lost_reasons(admin, last_year(), "champions")] == [
        ("Price", 1)
    ]


WORDS = r"(?: (?:bought|won|lost|deals?|customers?))?"
LINK = re.compile(rf'<a(?: class="link")? href="([^"]+)">([\d,]+){WORDS}</a>')


def test_every_number_opens_the_list_of_what_it_counts(
    buyers: list[Customer], admin: User, make_deal: Callable[..., Deal], sign_in: SignIn
) -> None:
    closed(admin, make_deal, buyers[0], won=True)
    closed(admin, make_deal, buyers[1], won=False)
    PriceBook.objects.create(
        name="Gold",
        currency="USD",
        rule={"all": [{"field": "rfm_group", "op": "any_of", "value": ["champions"]}]},
    )
    Interaction.objects.create(
        customer=buyers[0], kind="call", summary="Rang", team=buyers[0].team, owner=admin
    )
    client = sign_in(admin)
    page = client.get("/sales/groups/champions/").content.decode()
    doors = [(unescape(url), int(count)) for url, count in LINK.findall(page) if url.startswith("/")]
    assert len(doors) >= 12
    for url, count in doors:
        answer = client.get(url)
        assert (answer.status_code, url, answer.context["state"].rows().visible_to(admin).count()) == (
            200,
            url,
            count,
        )


def test_who_sees_only_their_own_is_told_so_and_counts_only_that(
    buyers: list[Customer], narrow: User, admin: User, sign_in: SignIn
) -> None:
    role = narrow.roles.get()
    role.matrix |= {"analytics.value": {"view": "all"}}
    role.save()
    Customer.objects.filter(pk=buyers[0].pk).update(owner=narrow)
    buyers[0].orders.update(owner=narrow)
    narrow = User.objects.get(pk=narrow.pk)
    found = figures(narrow, last_year())
    assert (found["champions"].customers, found["all"].revenue, found["lost"].customers) == (1, 20, 0)
    words = "Counted is only what you may see"
    assert words in sign_in(narrow).get("/sales/groups/champions/").content.decode()
    assert words not in sign_in(admin).get("/sales/groups/").content.decode()


def test_an_outsider_and_a_group_that_is_none(admin: User, outsider: User, sign_in: SignIn) -> None:
    assert sign_in(outsider).get("/sales/groups/").status_code == 403
    assert sign_in(admin).get("/sales/groups/nothing/").status_code == 404
    assert "No groups yet" in sign_in(admin).get("/sales/groups/").content.decode()


def test_the_page_asks_the_same_however_much_there_is(
    buyers: list[Customer], admin: User, sign_in: SignIn, count_queries: Callable[[], Any]
) -> None:
    client = sign_in(admin)
    client.get("/sales/groups/champions/")
    with count_queries() as few:
        client.get("/sales/groups/champions/")
    for number, customer in enumerate(shop([["Beans", f"Ware {index}"] for index in range(8)])):
        group_of(customer, "champions" if number % 2 else "loyal")
    Product.objects.filter(name="Mill").update(is_active=False)
    with count_queries() as many:
        client.get("/sales/groups/champions/")
    assert len(many) <= len(few) <= 16


def test_what_takes_long_is_kept_for_the_day_and_says_when_it_was_counted(
    buyers: list[Customer], admin: User, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    client, address = sign_in(admin), "/sales/groups/champions/"
    monkeypatch.setattr("sales.group_kept.SLOW_SECONDS", 0)
    assert "Count anew" not in client.get(address).content.decode()
    buy(buyers[0], "Beans")
    page = client.get(address)
    assert (page.context["one"].orders, "Count anew" in page.content.decode()) == (2, True)
    assert client.get(f"{address}?anew=1").context["one"].orders == 3
    monkeypatch.setattr("sales.group_kept.SLOW_SECONDS", 99)
    assert client.get(f"{address}?anew=1").context["one"].orders == 3
    assert "Count anew" not in client.get(address).content.decode()
