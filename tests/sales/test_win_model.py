"""The learned win probability: nothing of the future, an honest back-test, and what is shown of it."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from random import Random

import numpy as np
import pytest
from django.db.models import QuerySet
from django.http import QueryDict
from django.test import Client
from django.utils import timezone

from contacts.models import Customer, Task
from contacts.services.about import about
from crm.company.selectors import company, company_day
from crm.staff.models import User
from sales.deal_filters import DealFilter
from sales.forecast import forecast
from sales.forecasting import Span
from sales.models import Deal, DealChance, DealSnapshot, Order, Stage, StageChange, WinModel
from sales.selectors import deals
from sales.services.win_refresh import deals_score, win_model_refresh
from sales.win_words import reason_text, weights
from sales.winning.learning import Learnt, learn
from sales.winning.reading import day_of, passes, past_sights, sights_now
from sales.winning.sights import Sights
from tests.sales.closing import closed_deal, closed_deals, talk

MakeDeal = Callable[..., Deal]
Stages = dict[str, Stage]


@pytest.fixture
def learnt(manager: User, make_deal: MakeDeal, stages: Stages) -> WinModel:
    """Of 110 closed deals, with one open deal of the manager."""
    deal = make_deal(manager)
    closed_deals(manager, deal.customer, stages, 60, 50)
    return win_model_refresh()


def seen(deal: Deal, weeks_ago: int) -> dict[str, float]:
    """What the deal's sight of that many weeks ago holds."""
    found = past_sights(company_day(), company().time_zone, ["Fair"])
    day = company_day() - timedelta(weeks=weeks_ago)
    place = np.flatnonzero((found.deal == deal.pk) & (found.day == (day - day.fromtimestamp(0)).days))
    return {name: float(getattr(found, name)[place[0]]) for name in Sights.__dataclass_fields__}


@pytest.fixture
def long_lost(manager: User, customer: Customer, stages: Stages) -> Deal:
    """Lost a week ago after 63 days, 42 of them in Needs known."""
    deal = closed_deal(manager, customer, stages, Random(1), 1, is_won=False, told=True)
    now = timezone.now()
    for name, days in (("Qualified", 70), ("Needs known", 49), ("Lost", 7)):
        StageChange.objects.filter(deal=deal, to_stage=stages[name]).update(
            changed_at=now - timedelta(days=days)
        )
    Deal.objects.filter(pk=deal.pk).update(closed_at=now - timedelta(days=7))
    deal.refresh_from_db()
    return deal


def test_a_sight_tells_the_stage_of_that_day(long_lost: Deal, stages: Stages) -> None:
    early, late = seen(long_lost, 9), seen(long_lost, 3)
    assert (early["stage"], late["stage"]) == (stages["Qualified"].pk, stages["Needs known"].pk)
    assert (round(early["age"]), round(late["in_stage"])) == (
        pytest.approx(7, abs=1),
        pytest.approx(28, abs=1),
    )
    assert (early["won"], early["hand"]) == (0, stages["Qualified"].probability)


def test_what_was_written_down_later_was_not_known(long_lost: Deal, manager: User) -> None:
    talk(long_lost, manager, 24)
    talk(long_lost, manager, 23, written_days_ago=1)
    assert (seen(long_lost, 3)["activities"], seen(long_lost, 6)["activities"]) == (1, 0)


def test_a_step_is_planned_from_when_it_was_written_until_it_was_done(long_lost: Deal, manager: User) -> None:
    customer, now = long_lost.customer, timezone.now()
    task = Task.objects.create(
        title="Call", customer=customer, owner=manager, team=long_lost.team, **about(long_lost)
    )
    Task.objects.filter(pk=task.pk).update(
        created_at=now - timedelta(days=40), done_at=now - timedelta(days=25)
    )
    assert [seen(long_lost, weeks)["planned"] for weeks in (6, 4, 3)] == [0, 1, 0]


def test_amount_and_close_are_those_that_were_noted_then(long_lost: Deal) -> None:
    day = company_day()
    for weeks, close in ((5, 30), (4, 10), (3, 28)):
        DealSnapshot.objects.create(
            day=day - timedelta(weeks=weeks), deal=long_lost, team=long_lost.team, pipeline=long_lost.pipeline,
            stage=long_lost.stage, state="open", close_on=day - timedelta(days=close), base_amount=7, probability=1,
            forecast_category="commit",
        )  # fmt: skip
    assert [seen(long_lost, weeks)["noted"] for weeks in (6, 5, 3)] == [0, 1, 1]
    assert [seen(long_lost, weeks)["moved"] for weeks in (5, 4, 3)] == [0, 1, 1]
    assert (seen(long_lost, 3)["late"], seen(long_lost, 3)["amount"], seen(long_lost, 6)["amount"]) == (
        7,
        7,
        100,
    )


def test_an_order_that_came_later_is_not_a_former_one(
    long_lost: Deal, manager: User, place_order: Callable[..., Order]
) -> None:
    place_order(manager, long_lost.customer, days_ago=30)
    assert seen(long_lost, 3)["bought"] == 0
    place_order(manager, long_lost.customer, days_ago=90)
    assert seen(long_lost, 3)["bought"] == 1


def learnt_before(cut: int) -> Learnt:
    """What the back-test learns from, read anew."""
    day, zone = company_day(), company().time_zone
    found = past_sights(day, zone, ["Fair"])
    return learn(found.chosen(found.closed < cut), passes(day, zone).before(cut), ["Fair"])


def turn(stages: Stages, deals: QuerySet[Deal]) -> None:
    """Lose what was won and win what was lost, for another amount."""
    for deal in deals:
        end = stages["Lost" if deal.state == "won" else "Won"]
        deal.stage_changes.filter(to_stage__kind__in=("won", "lost")).update(to_stage=end, base_amount=7)
        Deal.objects.filter(pk=deal.pk).update(stage=end, state=end.kind, amount=7, base_amount=7)


def test_the_past_learns_nothing_from_what_happened_after_the_cut(learnt: WinModel, stages: Stages) -> None:
    cut = learnt.backtest["cut"]
    before, day = learnt_before(cut), day_of(cut)
    closed = Deal.objects.exclude(closed_at=None)
    turn(stages, closed.filter(closed_at__date__gte=day))
    assert learnt_before(cut) == before
    turn(stages, closed.filter(closed_at__date__lt=day))
    assert learnt_before(cut) != before


def test_what_can_be_told_is_learnt_and_beats_the_hand(learnt: WinModel) -> None:
    models = learnt.backtest["models"]
    assert (learnt.state, learnt.won, learnt.lost, learnt.verdict) == ("done", 60, 50, "better")
    assert models["learned"]["auc"] > 0.8 > models["hand"]["auc"]
    assert models["learned"]["log_loss"] < models["base"]["log_loss"]
    assert {weight.text: weight.is_for for weight in weights(learnt)}["Twice as long in its stage"] is False


def test_where_nothing_can_be_told_it_says_so(manager: User, make_deal: MakeDeal, stages: Stages) -> None:
    closed_deals(manager, make_deal(manager).customer, stages, 60, 60, told=False)
    assert abs(win_model_refresh().backtest["models"]["learned"]["auc"] - 0.5) < 0.2


def test_with_too_few_closed_deals_none_is_shown(
    learnt: WinModel, sign_in: Callable[[User], Client], manager: User
) -> None:
    assert DealChance.objects.count() == 1
    Deal.objects.filter(pk__in=Deal.objects.filter(state="lost").values("pk")[:5]).update(
        deleted_at=timezone.now()
    )
    assert win_model_refresh().state == "too_little"
    assert not DealChance.objects.exists()
    assert "Too little data" in sign_in(manager).get("/sales/win-model/").content.decode()


def test_telling_anew_changes_neither_version_nor_day_of_change(learnt: WinModel) -> None:
    before = Deal.objects.values_list("version", "updated_at").get(state="open")
    assert deals_score() == 1
    assert Deal.objects.values_list("version", "updated_at").get(state="open") == before


def test_an_open_deal_is_seen_as_it_is_now(learnt: WinModel, manager: User) -> None:
    deal = Deal.objects.get(state="open")
    Deal.objects.filter(pk=deal.pk).update(close_on=company_day() - timedelta(days=3))
    talk(deal, manager, 0.01)
    found = sights_now(company_day(), company().time_zone, ["Fair"])
    assert (found.deal.tolist(), found.late.tolist(), found.activities.tolist()) == ([deal.pk], [3], [1])
    assert found.amount.tolist() == [900.0]


def test_the_record_shows_both_and_why(
    learnt: WinModel, manager: User, sign_in: Callable[[User], Client]
) -> None:
    deal = Deal.objects.get(state="open")
    page = sign_in(manager).get(f"/deals/{deal.pk}/").content.decode()
    assert "Learned" in page
    chance = DealChance.objects.get()
    assert reason_text(chance.reasons[0], "Qualified") in page


def test_the_forecast_weighs_by_what_was_learnt(learnt: WinModel, manager: User) -> None:
    deal = Deal.objects.get(state="open")
    DealChance.objects.update(probability=0.5)
    Deal.objects.filter(pk=deal.pk).update(close_on=company_day() + timedelta(days=1))
    span = Span(company_day().replace(day=1), 2)
    sums = forecast(manager, span, "owner").rows[0].sums
    won = sum(
        (each.base_amount for each in Deal.objects.filter(state="won", close_on__gte=span.first)), Decimal(0)
    )
    assert (sums.told, sums.learned) == (1, won + 450)


@pytest.mark.parametrize(
    ("value", "share", "count"), [("above", 0.9, 1), ("above", 0.2, 0), ("likely", 0.7, 1)]
)
def test_deals_are_found_by_what_was_learnt(
    learnt: WinModel, manager: User, value: str, share: float, count: int
) -> None:
    DealChance.objects.update(probability=share)
    found = DealFilter(QueryDict(f"learned={value}"), queryset=deals(manager))
    found.user = manager
    assert found.qs.count() == count


def test_learning_is_asked_for_by_those_who_may(
    learnt: WinModel, rep: User, manager: User, outsider: User, sign_in: Callable[[User], Client]
) -> None:
    assert sign_in(outsider).get("/sales/win-model/").status_code == 403
    assert sign_in(rep).post("/sales/win-model/refresh/").status_code == 403
    client = sign_in(manager)
    assert client.post("/sales/win-model/refresh/", {"after": learnt.pk}).status_code == 302
    assert client.get(f"/sales/win-model/?model={learnt.pk}").status_code == 200
    assert client.get("/sales/win-model/?model=99999").status_code == 404
