"""The contest of the churn models on the company's own data: renewed when it has grown old, else carried on."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np

from analytics.backtest import Judgement, backtest
from analytics.choices import Model
from analytics.churn import Contenders, fit_contenders, trained_days
from analytics.knowledge import knowledge_from
from analytics.models import ValueRun, ValueSettings
from analytics.payers import Ints, Payers
from analytics.selectors.orders import purchase_days

#: A larger company is judged on so many payers, drawn by a fixed hash of their ids.
SAMPLE = 20_000


@dataclass(frozen=True, slots=True)
class Contest:
    """Who ranks best, the fitted contenders, and the table of all as of the day it was held."""

    champion: str
    contenders: Contenders
    table: dict[str, Any]
    held_on: date


def contest(settings: ValueSettings, payers: Payers, as_of: date, before: ValueRun | None) -> Contest:
    """The last contest if it is young enough and was about the same question, else a new one."""
    kept = carried_on(settings, as_of, before)
    return kept or held(settings, payers, as_of)


def carried_on(settings: ValueSettings, as_of: date, before: ValueRun | None) -> Contest | None:
    if before is None or before.backtest_on is None or not before.cuts:
        return None
    age = (as_of - before.backtest_on).days
    same = before.horizon_days == settings.horizon_days and before.terms.get("measure") == settings.measure
    if not same or not 0 <= age < settings.backtest_every_days:
        return None
    known = knowledge_from(before.parameters, before.cuts, before.champion)
    contenders = Contenders(known.mbg_nbd, known.pareto_nbd, known.logistic)
    return Contest(before.champion, contenders, before.backtest, before.backtest_on)


def held(settings: ValueSettings, payers: Payers, as_of: date) -> Contest:
    """Judge everyone on the last days, choose the champion by them, and fit the contenders on all that is known."""
    sample = sampled(payers.payer)
    days = purchase_days(settings, up_to=as_of, payers=None if sample is payers.payer else sample)
    trained = trained_days(days, as_of, settings.horizon_days)
    cut = as_of - timedelta(days=trained)
    if not trained or not len(days.up_to(cut).payer):
        return Contest(Model.MBG_NBD, Contenders(None, None, None), {}, as_of)
    champion_then, judgement = backtest(days, cut, trained)
    champion = judgement.champion()
    return Contest(
        champion,
        fit_contenders(days, as_of, settings.horizon_days, trained, only=champion),
        table(champion_then, judgement, sampled=len(sample) < len(payers)),
        as_of,
    )


def sampled(payers: Ints, size: int = SAMPLE) -> Ints:
    """All payers of a small company; of a large one about `size`, the same ones every time."""
    if len(payers) <= 2.5 * size:
        return payers
    hashed = (payers.astype(np.uint64) * np.uint64(2_654_435_761)) & np.uint64(0xFFFFFFFF)
    return payers[hashed < np.uint64(2**32 * size // len(payers))]


def table(champion: str, judgement: Judgement, *, sampled: bool) -> dict[str, Any]:
    """The judgement as JSON."""
    return {
        "as_of": judgement.as_of.isoformat(),
        "horizon_days": judgement.horizon,
        "payers": judgement.payers,
        "buyers": judgement.buyers,
        "sampled": sampled,
        "champion": champion,
        "models": {name: judged.metrics for name, judged in judgement.models.items()},
        "calibration": {
            name: judged.calibration for name, judged in judgement.models.items() if judged.calibration
        },
        "interval": judgement.interval,
    }
