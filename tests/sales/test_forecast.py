"""The forecast: by hand on a small set, each number the sum of the list behind it."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.http import QueryDict
from django.test import Client
from django.test.utils import CaptureQueriesContext

from contacts.services.customer import customer_create
from crm.company.selectors import company_day
from crm.staff.models import User
from sales.choices import ForecastCategory
from sales.deal_filters import DealFilter
from sales.forecast import Row, forecast
from sales.forecasting import Span, later, read_span
from sales.models import Deal, LossReason, Order, Quota
from sales.selectors import deals
from sales.services.deal import deal_delete
from sales.services.deal_stage import deal_lose, deal_win
from sales.services.order import order_cancel, order_reinstate, order_return

MakeDeal = Callable[..., Deal]


def this_month() -> date:
    return company_day().replace(day=1)


def two_months() -> Span:
    return Span(this_month(), 2)


@pytest.fixture
def book(rep: User, manager: User, make_deal: MakeDeal) -> None:
    """Of the rep: won 900 today; next month committed 100, best case 40 (90 %), pipeline 20 (10 %), left out 7, lost
    5, deleted 3; overdue 11. Of the manager: committed 1000 next month, and 2000 in half a year."""
    soon = later(this_month(), 1)
    Quota.objects.create(owner=rep, month=this_month(), amount=1800)

    def deal(actor: User, amount: int, category: str, close_on: date = soon, chance: int = 10) -> Deal:
        made = make_deal(actor, amount=Decimal(amount), close_on=close_on)
        Deal.objects.filter(pk=made.pk).update(forecast_category=category, probability=chance)
        return made

    deal_win(actor=rep, deal=make_deal(rep))
    deal(rep, 100, ForecastCategory.COMMIT, chance=80)
    deal(rep, 40, ForecastCategory.BEST_CASE, chance=90)
    deal(rep, 20, ForecastCategory.PIPELINE)
    deal(rep, 7, ForecastCategory.OMITTED)
    deal_lose(
        actor=rep, deal=deal(rep, 5, ForecastCategory.COMMIT), reason=LossReason.objects.create(name="Price")
    )
    deal_delete(actor=rep, deal=Deal.objects.get(pk=deal(rep, 3, ForecastCategory.COMMIT).pk))
    deal(rep, 11, ForecastCategory.COMMIT, company_day() - timedelta(days=1))
    deal(manager, 1000, ForecastCategory.COMMIT)
    deal(manager, 2000, ForecastCategory.COMMIT, later(this_month(), 6))


def numbers(row: Row) -> tuple[int, ...]:
    sums = row.sums
    return tuple(int(each) for each in (sums.closed, sums.committed, sums.best, sums.weighted, sums.overdue))


@pytest.mark.usefixtures("book")
def test_won_committed_best_and_weighted_add_up_by_month_and_person(rep: User, manager: User) -> None:
    found = forecast(manager, two_months(), "owner")
    assert [numbers(row)[:4] for row in found.months] == [(900, 900, 900, 900), (0, 1100, 1140, 218)]
    assert {row.label: numbers(row) for row in found.rows} == {
        "Manager": (0, 1000, 1000, 100, 0),
        "Rep": (900, 1000, 1040, 1018, 11),
    }
    assert numbers(found.total) == (900, 2000, 2040, 1118, 11)


@pytest.mark.usefixtures("book")
def test_what_was_sold_and_taken_back_is_not_sold(manager: User) -> None:
    order = Order.objects.get()
    for verb, sold in ((order_cancel, 0), (order_reinstate, 900), (order_return, 0)):
        verb(actor=manager, order=order)
        found = forecast(manager, two_months(), "owner")
        assert numbers(found.months[0])[0] == sold
        assert behind(manager, "/deals/?state=won")[0] == sold


@pytest.mark.usefixtures("book")
def test_the_quota_says_how_far_one_is_and_what_is_missing(rep: User, manager: User) -> None:
    quota = {row.label: row.sums for row in forecast(manager, two_months(), "owner").rows}["Rep"]
    assert (quota.quota, quota.attainment, quota.gap) == (1800, Decimal("0.5"), 900)
    assert forecast(manager, two_months(), "pipeline").total.sums.quota is None


@pytest.mark.usefixtures("book")
def test_a_chosen_month_narrows_the_rows_alone(manager: User) -> None:
    found = forecast(manager, two_months(), "owner", Span(this_month()))
    assert {row.label: row.sums.committed for row in found.rows} == {"Manager": 0, "Rep": 900}
    assert found.total.sums.committed == 2000


def behind(user: User, url: str) -> tuple[Decimal, Decimal]:
    """The sum of the amounts and of the weighted amounts of the list at an address."""
    shown = DealFilter(QueryDict(urlsplit(url).query), queryset=deals(user))
    shown.user = user
    rows = list(shown.qs)
    return (
        sum((deal.base_amount for deal in rows), Decimal(0)),
        sum((deal.weighted_amount for deal in rows), Decimal(0)),
    )


@pytest.mark.usefixtures("book")
@pytest.mark.parametrize("by", ["owner", "team", "pipeline"])
def test_every_number_is_the_sum_of_the_list_it_opens(manager: User, by: str) -> None:
    found = forecast(manager, two_months(), by)
    for row in [*found.rows, found.total]:
        for name in ("closed", "committed", "best", "weighted", "overdue"):
            amounts = behind(manager, row.doors[name])
            assert amounts[name == "weighted"] == getattr(row.sums, name), (row.label, name)


@pytest.mark.usefixtures("book")
def test_who_sees_only_their_own_deals_counts_only_these(
    narrow: User, make_deal: MakeDeal, rep: User
) -> None:
    shop = customer_create(actor=narrow, values={"name": "Kiosk", "kind": "organisation"})
    own = make_deal(narrow, shop, amount=Decimal(8), close_on=later(this_month(), 1))
    Deal.objects.filter(pk=own.pk).update(forecast_category="commit")
    found = forecast(narrow, two_months(), "owner")
    assert [(row.label, int(row.sums.committed)) for row in found.rows] == [("Narrow", 8)]
    assert found.total.sums.quota is None


@pytest.mark.usefixtures("book")
def test_the_page_asks_few_questions_and_bears_any_address(
    manager: User, sign_in: Callable[[User], Client], count_queries: Callable[[], CaptureQueriesContext]
) -> None:
    client = sign_in(manager)
    client.get("/forecast/")
    with count_queries() as counted:
        page = client.get("/forecast/")
    assert len(counted) <= 14
    assert "not counted until" in page.content.decode()
    for query in (
        "by=x&from=0000-99&months=99",
        "months=²&month=x",
        "from=2026-13",
        "by=team&from=2026-01&month=2026-02",
    ):
        assert client.get(f"/forecast/?{query}").status_code == 200


def test_an_outsider_sees_no_forecast(outsider: User, sign_in: Callable[[User], Client]) -> None:
    assert sign_in(outsider).get("/forecast/").status_code == 403


@pytest.mark.parametrize("text", ["", "x", "2026-13", "2026-05..2026-04", "²-1", "9999-01"])
def test_months_that_cannot_be_read_show_no_deals(text: str) -> None:
    assert read_span(text) is None


def test_months_are_written_as_they_are_read() -> None:
    spans: list[Any] = [Span(date(2026, 11, 1)), Span(date(2026, 11, 1), 6)]
    assert [read_span(str(span)) for span in spans] == spans


def test_the_list_says_which_months_it_shows(
    rep: User, make_deal: MakeDeal, sign_in: Callable[[User], Client]
) -> None:
    make_deal(rep)
    page = sign_in(rep).get("/deals/?forecast=best&month=2026-11..2027-04").content.decode()
    assert "Closes in: November 2026 – April 2027" in page
