"""Everything the value panel shows, for all payers at once. Pure: arrays in, arrays out."""

from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from analytics.btyd import probability_alive, probability_of_purchase
from analytics.btyd.history import Floats
from analytics.churn import Contenders
from analytics.knowledge import Assumptions, Knowledge
from analytics.lifecycle import aida_codes, lifecycle_codes
from analytics.lifetime_value import HIGH, LOW, Outlook, categories, outlook
from analytics.payers import Payers
from analytics.rfm import Rfm, score

Codes = NDArray[np.int16]
#: Beyond this many days no next order is expected.
NONE_EXPECTED_AFTER = 730
CATEGORIES = ("A", "B", "C", "D")


@dataclass(frozen=True, slots=True)
class Window:
    """The three measures RFM looks at, possibly over fewer days than the whole history."""

    recency: Floats
    frequency: Floats
    monetary: Floats


@dataclass(frozen=True, slots=True)
class Prediction:
    """What MBG/NBD with Gamma-Gamma and the champion foresee."""

    alive: Floats
    churn_risk: Floats
    future: Outlook
    low: Floats
    high: Floats
    next_order_days: Floats


@dataclass(frozen=True, slots=True)
class Valuation:
    """Per payer, in the order of the payers; `prediction` is None where there is too little data."""

    rfm: Rfm
    window: Window
    usual_gap: Floats
    lifecycle: Codes
    aida: Codes
    prediction: Prediction | None

    @property
    def value(self) -> Floats | None:
        return None if self.prediction is None else self.prediction.future.value


def valuation(
    payers: Payers,
    as_of: date,
    known: Knowledge,
    assumed: Assumptions,
    window: Window,
    yearly_cost: Floats | float = 0.0,
) -> Valuation:
    recency = payers.recency(as_of)
    usable = known.mbg_nbd is not None and known.gamma_gamma is not None
    prediction = predicted(payers, as_of, known, assumed, yearly_cost) if usable else None
    judged = prediction is not None and known.mbg_nbd is not None and known.mbg_nbd.dropout_detectable
    alive = prediction.alive if prediction is not None and judged else None
    return Valuation(
        score(window.recency, window.frequency, window.monetary, known.cuts, assumed.rfm_map),
        window,
        np.divide(payers.t_x, payers.x, out=np.zeros(len(payers)), where=payers.days > 1),
        lifecycle_codes(alive, recency, assumed.alive_rate),
        aida_codes(recency),
        prediction,
    )


def predicted(
    payers: Payers, as_of: date, known: Knowledge, assumed: Assumptions, yearly_cost: Floats | float
) -> Prediction:
    model, worth = known.mbg_nbd, known.gamma_gamma
    if model is None or worth is None:
        raise ValueError("Nothing was fitted.")
    x, t_x, T = payers.x, payers.t_x, np.maximum(payers.T(as_of), payers.t_x)
    alive = probability_alive(model, x, t_x, T)
    cost = alive * yearly_cost / 12 * assumed.terms.discounts.sum()
    future = outlook(model, worth, x, t_x, T, np.maximum(payers.m, 0.0), assumed.terms, cost)
    contenders = Contenders(model, known.pareto_nbd, known.logistic)
    chance = contenders.probability(known.champion, payers, as_of, assumed.horizon_days)
    if chance is None:
        chance = probability_of_purchase(model, x, t_x, T, float(assumed.horizon_days))
    with np.errstate(over="ignore"):
        wait = (model.alpha + T) * np.expm1(np.log(2) / (model.r + x))
    return Prediction(alive, 1 - chance, future, future.quantile(LOW), future.quantile(HIGH), wait)


def category_codes(found: Valuation, cuts: tuple[float, float, float]) -> Codes:
    """Place in CATEGORIES."""
    return categories(np.zeros(0) if found.value is None else found.value, cuts)


def whole_history(payers: Payers, as_of: date) -> Window:
    return Window(payers.recency(as_of), payers.frequency, payers.monetary)
