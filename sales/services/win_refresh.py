"""Learning how likely deals are to be won, and writing it beside each open one. Neither version nor history changes."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone

from crm.company.selectors import company, company_day
from crm.one_at_a_time import wait_for_turn
from sales.choices import RecommendationState
from sales.models import DealChance, WinModel
from sales.winning.explaining import reasons
from sales.winning.learning import backtest, counts, enough, learn, read_learnt
from sales.winning.reading import (
    day_of,
    frequent_sources,
    passes,
    past_sights,
    settle_memory,
    sights_now,
)
from sales.winning.sights import Sights

TURN = "sales.win_model"


def win_model_refresh(*, as_of: date | None = None) -> WinModel:
    """Learn from the closed deals and score the open ones. Two at once take turns.

    With too few closed deals the learned probabilities are taken away; if it fails, those before it stay.
    """
    day = as_of or company_day()
    try:
        with transaction.atomic():
            wait_for_turn(TURN)
            return refreshed(day)
    except Exception as fault:
        WinModel.objects.create(
            as_of=day, state=RecommendationState.FAILED, error=f"{type(fault).__name__}: {fault}"
        )
        raise


def refreshed(day: date) -> WinModel:
    settle_memory()
    zone, sources = company().time_zone, frequent_sources(day)
    seen, way = past_sights(day, zone, sources), passes(day, zone)
    model = described(WinModel(as_of=day, state=RecommendationState.TOO_LITTLE), seen)
    if len(seen) and enough(seen):
        model.state = RecommendationState.DONE
        model.parameters = learn(seen, way, sources).plain()
        model.backtest = dated(backtest(seen, way, sources))
    model.finished_at = timezone.now()
    model.save()
    write_chances(model, day)
    return model


def described(model: WinModel, seen: Sights) -> WinModel:
    if len(seen):
        model.won, model.lost = counts(seen)
        model.sights = len(seen)
        model.data_first_on, model.data_last_on = (
            day_of(int(seen.closed.min())),
            day_of(int(seen.closed.max())),
        )
    return model


def dated(found: dict[str, Any]) -> dict[str, Any]:
    return {**found, "cut_on": day_of(found["cut"]).isoformat()} if found else {}


def deals_score(*, as_of: date | None = None) -> int:
    """Tell the probability of every open deal anew by what was learnt last; how many deals."""
    with transaction.atomic():
        wait_for_turn(TURN)
        model = WinModel.objects.exclude(state=RecommendationState.FAILED).order_by("-id").first()
        return write_chances(model, as_of or company_day()) if model else 0


def write_chances(model: WinModel, day: date) -> int:
    """Replace all rows; readers see the old ones until commit."""
    rows: Sequence[DealChance] = ()
    if model.state == RecommendationState.DONE:
        learnt = read_learnt(model.parameters)
        now = sights_now(day, company().time_zone, learnt.known.sources)
        rows = chances(model, now) if len(now) else ()
    DealChance.objects.all().delete()
    return len(DealChance.objects.bulk_create(rows, batch_size=2_000))


def chances(model: WinModel, now: Sights) -> list[DealChance]:
    learnt, moment = read_learnt(model.parameters), timezone.now()
    told, why = learnt.probability(now), reasons(learnt, now)
    return [
        DealChance(
            deal_id=int(deal),
            model=model,
            stage_id=int(stage),
            probability=round(float(share), 4),
            reasons=said,
            computed_at=moment,
        )
        for deal, stage, share, said in zip(now.deal, now.stage, told, why, strict=True)
    ]
