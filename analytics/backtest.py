"""The back-test: hide the last days, fit on the rest, predict, compare; and choose a champion honestly. Pure.

The champion is chosen on an inner split before the fit date, never on the days it is judged on.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np

from analytics.btyd import MbgNbd, ParetoNbd, expected_purchases, fit_gamma_gamma
from analytics.btyd.history import Floats
from analytics.churn import BASELINE, CONTENDERS, Contenders, fit_contenders, trained_days
from analytics.lifetime_value import HIGH, LOW, Terms, finite_value, outlook
from analytics.payers import Payers, PurchaseDays
from crm.statistics import area_with_error, brier_score, calibration, pit_share, randomised_pit

METRICS = ("mae", "rmse", "bias", "auc", "brier", "top_decile_share")


@dataclass(frozen=True, slots=True)
class Judged:
    """One model's metrics, its calibration, and the standard error of its area under the curve."""

    metrics: dict[str, float | None]
    calibration: list[dict[str, float]]
    auc_error: float


@dataclass(frozen=True, slots=True)
class Judgement:
    """Every model on the same days, and how right the interval of values was."""

    as_of: date
    horizon: int
    payers: int
    buyers: int
    models: dict[str, Judged]
    interval: dict[str, Any]

    def champion(self) -> str:
        """The contender with the best ranking here; within one standard error of it, the simplest."""
        areas = {name: self.models[name].metrics["auc"] for name in CONTENDERS if name in self.models}
        known = {name: area for name, area in areas.items() if area is not None}
        if not known:
            return CONTENDERS[0]
        best = max(known, key=lambda name: known[name])
        bar = known[best] - self.models[best].auc_error
        return next(name for name in CONTENDERS if known.get(name, -1.0) >= bar)


def backtest(days: PurchaseDays, as_of: date, horizon: int) -> tuple[str, Judgement]:
    """Fit on what is known at `as_of`, judge on the `horizon` days after it; the champion was chosen before."""
    known = days.up_to(as_of)
    trained = trained_days(known, as_of, horizon)
    return chosen(known, as_of, trained), judge(days, as_of, horizon, trained)


def chosen(known: PurchaseDays, as_of: date, trained: int) -> str:
    """The champion by the last `trained` days before `as_of`, of which the models then knew nothing."""
    inner = as_of - timedelta(days=trained)
    if not trained or not len(known.up_to(inner).payer):
        return CONTENDERS[0]
    return judge(known, inner, trained, trained).champion()


def judge(days: PurchaseDays, as_of: date, horizon: int, trained: int) -> Judgement:
    """Every model fitted on what is known at `as_of`, compared with the days after it."""
    known = days.up_to(as_of)
    payers = known.payers()
    if not len(payers):
        raise ValueError(f"No order is known on {as_of.isoformat()}.")
    later = days.after(as_of).up_to(as_of + timedelta(days=horizon))
    count, spend = later.totals(payers.payer)
    contenders = fit_contenders(known, as_of, horizon, trained)
    worth = _expected_spend(payers)
    models: dict[str, Judged] = {}
    for name in CONTENDERS:
        chance = contenders.probability(name, payers, as_of, horizon)
        forecast = _expected(contenders, name, payers, as_of, horizon)
        if chance is not None:
            score = (chance if forecast is None else forecast) * worth
            models[name] = judged(chance, forecast, score, count, spend)
    models[BASELINE] = judged(None, None, -payers.recency(as_of), count, spend)
    interval = _interval(contenders.mbg_nbd, payers, as_of, horizon, spend)
    return Judgement(as_of, horizon, len(payers), int((count > 0).sum()), models, interval)


def judged(
    chance: Floats | None, forecast: Floats | None, score: Floats, count: Floats, spend: Floats
) -> Judged:
    """chance: P(buys), forecast: expected purchases, score: the order in which customers are worth keeping."""
    came = count > 0
    metrics: dict[str, float | None] = dict.fromkeys(METRICS)
    area = area_with_error(score if chance is None else chance, came)
    metrics["auc"], error = area if area is not None else (None, 0.0)
    metrics["top_decile_share"] = top_decile_share(score, spend)
    if chance is not None:
        metrics["brier"] = brier_score(chance, came)
    if forecast is not None:
        metrics["mae"] = float(np.abs(forecast - count).mean())
        metrics["rmse"] = float(np.sqrt(((forecast - count) ** 2).mean()))
        metrics["bias"] = float(forecast.sum() / count.sum() - 1) if count.sum() else None
    bins = [] if chance is None else calibration(chance, came)
    rows = [{"count": b.count, "predicted": b.predicted, "observed": b.observed} for b in bins]
    return Judged(metrics, rows, error)


def top_decile_share(score: Floats, spend: Floats) -> float | None:
    """The share of the holdout's spend that came from the tenth of customers with the highest score."""
    total = float(spend.sum())
    if total <= 0:
        return None
    top = max(int(np.ceil(len(score) / 10)), 1)
    return float(spend[np.argsort(-score, kind="stable")[:top]].sum() / total)


def _expected(contenders: Contenders, name: str, payers: Payers, as_of: date, horizon: int) -> Floats | None:
    model: MbgNbd | ParetoNbd | None = {
        "mbg_nbd": contenders.mbg_nbd,
        "pareto_nbd": contenders.pareto_nbd,
    }.get(name)
    if model is None:
        return None
    return expected_purchases(model, payers.x, payers.t_x, payers.T(as_of), float(horizon))


def _expected_spend(payers: Payers) -> Floats:
    try:
        return finite_value(
            fit_gamma_gamma(payers.x, np.maximum(payers.m, 0.0)), payers.x, np.maximum(payers.m, 0.0)
        )
    except ValueError:
        return np.ones(len(payers))


def _interval(mbg: MbgNbd | None, payers: Payers, as_of: date, horizon: int, spend: Floats) -> dict[str, Any]:
    """How often the 80 % interval of spend was right, and the sums by tenth of the customers."""
    m = np.maximum(payers.m, 0.0)
    try:
        worth = fit_gamma_gamma(payers.x, m)
    except ValueError:
        return {}
    if mbg is None:
        return {}
    terms = Terms(months=1, yearly_rate=0.0, days_per_month=float(horizon))
    future = outlook(mbg, worth, payers.x, payers.t_x, payers.T(as_of), m, terms)
    inside = (spend >= future.quantile(LOW)) & (spend <= future.quantile(HIGH))
    pit = randomised_pit(*future.pit_bounds(spend))
    deciles = calibration(future.value, spend)
    return {
        "pit_share": pit_share(pit, LOW, HIGH),
        "coverage": float(inside.mean()),
        "deciles": [{"count": d.count, "predicted": d.predicted, "observed": d.observed} for d in deciles],
    }
