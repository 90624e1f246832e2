"""The refresh: whole or not at all, for everybody at once, harmless to what changes meanwhile."""

import threading
from collections.abc import Callable
from datetime import timedelta
from functools import partial

import pytest
from django.db import connection, connections
from django.test import Client
from django.test.utils import CaptureQueriesContext

from contacts.models import Customer
from crm.access.models import Role
from crm.columnar.table_swap import replace_rows
from crm.company.selectors import company_day
from crm.jobs.models import Job
from crm.staff.models import Team, User
from sales.choices import OrderStatus, RecommendationState
from sales.models import Order, Product, ProductRule, Recommendation, RecommendationRun
from sales.panels import RecommendationsPanel
from sales.services import recommendation_refresh as module
from sales.services.recommendation_refresh import recommendation_refresh
from tests.sales.shop import buy, product, shop

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]
TOGETHER = [("Beans", "Filters")] * 8 + [("Tea",)] * 10


@pytest.fixture
def ada(customer: Customer) -> Customer:
    """Bought beans, as did many who bought filters too."""
    shop(TOGETHER)
    buy(customer, "Beans")
    return customer


def rows() -> list[tuple[object, ...]]:
    return list(
        Recommendation.objects.values_list("customer__name", "rank", "product__name", "because__name")
    )


def test_a_customer_is_recommended_what_like_customers_bought(ada: Customer) -> None:
    run = recommendation_refresh()
    assert rows() == [("Ada Lindqvist", 1, "Filters", "Beans")]
    assert (run.customers, run.products, run.lines, run.least_support) == (19, 3, 27, 5)
    rule = ProductRule.objects.get(bought__name="Beans", kind="")
    assert (rule.support, rule.base) == (8, 9)


def test_cancelled_and_returned_orders_do_not_count(ada: Customer) -> None:
    Order.objects.exclude(customer=ada).update(status=OrderStatus.CANCELLED)
    assert recommendation_refresh().state == RecommendationState.TOO_LITTLE
    assert rows() == []


def test_people_are_recommended_what_their_organisation_lacks(rep: User, root: Team) -> None:
    shop(TOGETHER)
    (firm,) = shop([()], kind="organisation")
    (person,) = shop([()])
    Customer.objects.filter(pk=person.pk).update(organisation=firm)
    person.refresh_from_db()
    buy(person, "Beans")
    recommendation_refresh()
    assert [row[0] for row in rows()] == [firm.name]
    panel = RecommendationsPanel().context(user=rep, customer=person)
    assert [row.product.name for row, _deal in panel["rows"]] == ["Filters"]


def test_a_second_run_replaces_the_first(ada: Customer) -> None:
    recommendation_refresh()
    buy(ada, "Filters")
    recommendation_refresh()
    assert (rows(), RecommendationRun.objects.count()) == ([], 2)


def test_a_refresh_that_fails_leaves_what_was_there(ada: Customer, monkeypatch: pytest.MonkeyPatch) -> None:
    recommendation_refresh()
    before = rows()

    def broken(*_: object, **__: object) -> None:
        raise MemoryError("too much")

    monkeypatch.setattr(module, "pick_columns", broken)
    with pytest.raises(MemoryError):
        recommendation_refresh()
    assert rows() == before
    assert RecommendationRun.objects.latest("pk").state == RecommendationState.FAILED


@pytest.mark.django_db(transaction=True)
def test_readers_see_the_old_or_the_new_but_never_half(
    ada: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    recommendation_refresh()
    seen: list[int] = []
    true_write = module.pick_columns

    def looking(*args: object) -> object:
        def look() -> None:
            seen.append(Recommendation.objects.count() + 10 * ProductRule.objects.count())
            connections.close_all()

        reader = threading.Thread(target=look)
        reader.start()
        reader.join()
        return true_write(*args)  # type: ignore[arg-type]

    before = Recommendation.objects.count() + 10 * ProductRule.objects.count()
    shop([("Beans", "Mug")] * 6)
    monkeypatch.setattr(module, "pick_columns", looking)
    recommendation_refresh()
    assert seen == [before]


def test_a_large_shop_is_written_by_exchange_of_the_table(
    ada: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "replace_rows", partial(replace_rows, swap_above=0))
    recommendation_refresh()
    assert rows() == [("Ada Lindqvist", 1, "Filters", "Beans")]


def test_a_customer_who_is_gone_meanwhile_does_no_harm(ada: Customer, admin: User, sign_in: SignIn) -> None:
    gone = shop([("Beans",)])[0]
    recommendation_refresh()
    Order.objects.filter(customer=gone).delete()
    gone.delete()
    recommendation_refresh()
    assert [row[0] for row in rows()] == ["Ada Lindqvist"]
    assert sign_in(admin).get("/products/recommendations/").status_code == 200


def test_the_panel_explains_in_words(ada: Customer, rep: User, sign_in: SignIn) -> None:
    recommendation_refresh()
    page = sign_in(rep).get(f"/customers/{ada.pk}/").content.decode()
    assert "Bought by 89% of the customers who bought Beans" in page
    assert "Filters" in page


def test_the_panel_keeps_its_budget(ada: Customer, rep: User) -> None:
    recommendation_refresh()
    with CaptureQueriesContext(connection) as queries:
        found = RecommendationsPanel().context(user=rep, customer=ada)
    assert len(found["rows"]) == 1
    assert len(queries) <= RecommendationsPanel.query_budget + 1  # and the reader's grants


def test_what_was_bought_since_is_no_longer_recommended(ada: Customer, rep: User) -> None:
    recommendation_refresh()
    buy(ada, "Filters")
    assert RecommendationsPanel().context(user=rep, customer=ada) is None


def test_products_that_the_reader_may_not_see_are_left_out(ada: Customer, narrow: User) -> None:
    recommendation_refresh()
    assert RecommendationsPanel().context(user=narrow, customer=ada) is None


def test_orders_of_others_are_not_told_by_the_reason(ada: Customer, narrow: User) -> None:
    recommendation_refresh()
    role = Role.objects.get(key="own-only")
    role.matrix |= {"sales.product": {"view": "all"}, "sales.recommendation": {"view": "all"}}
    role.save()
    shown = RecommendationsPanel().context(user=narrow, customer=ada)
    assert shown is not None
    ((row, _deal),) = shown["rows"]
    assert (row.product.name, row.why, row.how_much, row.behind_url) == ("Filters", "", "", "")


def test_the_page_shows_run_rules_and_the_orders_behind(ada: Customer, rep: User, sign_in: SignIn) -> None:
    recommendation_refresh()
    client = sign_in(rep)
    page = client.get("/products/recommendations/").content.decode()
    beans, filters = Product.objects.get(name="Beans"), Product.objects.get(name="Filters")
    address = f"/orders/?product={filters.pk}&amp;also={beans.pk}&amp;status=placed"
    assert address in page
    assert client.get(address.replace("&amp;", "&")).content.decode().count('id="row-') == 8


def test_the_orders_behind_a_rule_are_those_the_reader_may_see(
    ada: Customer, narrow: User, sign_in: SignIn
) -> None:
    recommendation_refresh()
    role = Role.objects.get(key="own-only")
    role.matrix |= {"sales.product": {"view": "all"}}
    role.save()
    mine = buy(ada, "Filters", owner=narrow)
    also = product("Beans").pk  # bought by ada in an order of somebody else
    page = sign_in(narrow).get(f"/orders/?product={product('Filters').pk}&also={also}").content.decode()
    assert mine.external_id not in page


def test_the_list_of_rules_leads_to_the_orders(ada: Customer, rep: User, sign_in: SignIn) -> None:
    recommendation_refresh()
    rule = ProductRule.objects.get(bought__name="Beans", kind="")
    client = sign_in(rep)
    assert f"/products/rules/{rule.pk}/" in client.get("/products/rules/?q=filt").content.decode()
    assert client.get(f"/products/rules/{rule.pk}/").headers["Location"].startswith("/orders/?product=")
    recommendation_refresh()
    assert ProductRule.objects.filter(pk=rule.pk, bought__name="Beans").exists()


def test_who_may_not_have_it_computed(rep: User, admin: User, sign_in: SignIn) -> None:
    address = "/products/recommendations/refresh/"
    assert sign_in(rep).post(address, {"after": "0"}).status_code == 403
    assert sign_in(admin).post(address, {"after": "99"}).status_code == 302  # overtaken
    assert not Job.objects.filter(name="sales.recommendation_refresh").exists()
    assert sign_in(admin).post(address, {"after": "0"}).status_code == 302
    assert Job.objects.filter(name="sales.recommendation_refresh", actor=admin).count() == 1


def test_the_back_test_is_kept_with_the_run(rep: User) -> None:
    long_ago, lately = company_day() - timedelta(days=400), company_day() - timedelta(days=5)
    shop([("Beans", "Filters")] * 40 + [("Tea",)] * 60, day=long_ago)
    for buyer in shop([("Beans",)] * 40, day=long_ago):
        buy(buyer, "Filters", day=lately)
    run = recommendation_refresh()
    assert run.backtest["customers"] == 40
    assert (run.backtest["ours"]["at_1"], run.backtest["popular"]["at_1"]) == (1.0, 0.0)
    assert run.held_from == lately - timedelta(days=89)
