"""What changed in the forecast since a week ago: by hand on a small set, and the lists behind it."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from urllib.parse import urlsplit

import pytest
from django.http import QueryDict
from django.test import Client

from crm.company.selectors import company_day
from crm.staff.models import User
from sales.deal_filters import DealFilter
from sales.forecast_changes import changes
from sales.forecasting import Span, later
from sales.models import Deal, DealSnapshot, LossReason
from sales.selectors import deals
from sales.services.deal_stage import deal_lose, deal_win
from sales.services.snapshot import snapshot_deals

MakeDeal = Callable[..., Deal]


def next_month() -> date:
    return later(company_day().replace(day=1), 1)


def span() -> Span:
    return Span(next_month(), 2)


@pytest.fixture
def week(rep: User, make_deal: MakeDeal) -> None:
    """Expected a week ago: 100 that stayed, 200 that is now 250, 400 that is now 350, 800 that moved out, 1600 that
    was won, 3200 that was lost, one without an amount that has 5 now; 6400 moved in since, 12800 is new."""

    def deal(amount: int | None, close_on: date = next_month()) -> Deal:  # noqa: B008
        return make_deal(rep, amount=amount and Decimal(amount), close_on=close_on)

    deal(100)
    up, down, out, won, lost, empty = (deal(amount) for amount in (200, 400, 800, 1600, 3200, None))
    moved_in = deal(6400, later(next_month(), 6))
    snapshot_deals(company_day() - timedelta(days=7))
    for each, amount in ((up, 250), (down, 350), (empty, 5)):
        Deal.objects.filter(pk=each.pk).update(base_amount=amount)
    Deal.objects.filter(pk=out.pk).update(close_on=later(next_month(), 4))
    Deal.objects.filter(pk=moved_in.pk).update(close_on=next_month())
    deal_win(actor=rep, deal=won)
    deal_lose(actor=rep, deal=lost, reason=LossReason.objects.create(name="Price"))
    deal(12800)


@pytest.mark.usefixtures("week")
def test_the_changes_lead_from_what_was_expected_to_what_is(manager: User) -> None:
    found = changes(manager, span())
    assert found is not None
    assert {step.name: (step.count, int(step.amount)) for step in found.steps} == {
        "begun": (7, 6300), "new": (1, 12800), "moved_in": (1, 6400), "up": (2, 55), "down": (1, -50),
        "moved_out": (1, -800), "won": (1, -1600), "lost": (1, -3200), "now": (6, 19905),
    }  # fmt: skip
    assert sum(step.amount for step in found.steps[:-1]) == found.steps[-1].amount


@pytest.mark.usefixtures("week")
def test_each_change_opens_its_deals(manager: User) -> None:
    found = changes(manager, span())
    assert found is not None
    for step in found.steps:
        shown = DealFilter(QueryDict(urlsplit(step.door).query), queryset=deals(manager))
        shown.user = manager
        assert shown.qs.count() == step.count, step.name


@pytest.mark.usefixtures("week")
def test_the_deals_of_others_do_not_show_in_the_changes(narrow: User) -> None:
    found = changes(narrow, span())
    assert found is not None
    assert all(step.count == 0 for step in found.steps)


def test_without_a_day_noted_the_page_says_when_changes_come(
    rep: User, make_deal: MakeDeal, sign_in: Callable[[User], Client]
) -> None:
    make_deal(rep)
    snapshot_deals(company_day() - timedelta(days=6))
    assert DealSnapshot.objects.exists()
    assert "noted once a day" in sign_in(rep).get("/forecast/").content.decode()


@pytest.mark.parametrize(
    "query", ["change=up", "change=up&since=x&within=2026-11", "change=x", "change=up&since=2026-11-01"]
)
def test_a_change_that_cannot_be_read_shows_no_deals(
    rep: User, make_deal: MakeDeal, sign_in: Callable[[User], Client], query: str
) -> None:
    make_deal(rep, name="Espresso bar")
    page = sign_in(rep).get(f"/deals/?{query}")
    assert page.status_code == 200
    assert f"/deals/{Deal.objects.get().pk}/" not in page.content.decode()
