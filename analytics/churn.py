"""Who will buy within the horizon: the contenders, each fitted on what was known on a day. Pure.

The logistic regression knows four things of a payer: log1p of repeat purchases, recency, age and total spend. It is
trained on an honest split: features as of `trained_days` before the fit date, outcomes in the days between.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TypeVar

import numpy as np

from analytics.btyd import (
    MbgNbd,
    ParetoNbd,
    fit_mbg_nbd,
    fit_pareto_nbd,
    probability_of_purchase,
)
from analytics.btyd.history import Floats
from analytics.payers import Payers, PurchaseDays
from crm.statistics import Logistic, fit_logistic
from crm.statistics.logistic import sigmoid

M = TypeVar("M", MbgNbd, ParetoNbd)

#: From the simplest to the most demanding: within one standard error the earlier wins.
CONTENDERS = ("mbg_nbd", "pareto_nbd", "logistic")
BASELINE = "recency_only"


@dataclass(frozen=True, slots=True)
class Ranker:
    """A logistic regression with the shift of its log-odds from the days it was trained for to the horizon."""

    logistic: Logistic
    shift: float = 0.0

    def probability(self, payers: Payers, as_of: date) -> Floats:
        return sigmoid(self.logistic.log_odds(features(payers, as_of)) + self.shift)


def features(payers: Payers, as_of: date) -> Floats:
    columns = (payers.x, payers.recency(as_of), payers.T(as_of), np.maximum(payers.amount, 0.0))
    logs: Floats = np.log1p(np.column_stack(columns))
    return logs


def trained_days(days: PurchaseDays, as_of: date, horizon: int) -> int:
    """min(horizon, half the history)."""
    if not len(days.day):
        return 0
    span = (as_of - date(1970, 1, 1)).days - int(days.day.min())
    return max(min(horizon, span // 2), 0)


def train_ranker(days: PurchaseDays, as_of: date, trained: int) -> Ranker | None:
    """The logistic regression, from what was known `trained` days earlier; None if that teaches nothing."""
    cut = as_of - timedelta(days=trained)
    before = days.up_to(cut).payers()
    if not trained or not len(before):
        return None
    bought, _ = days.up_to(as_of).after(cut).totals(before.payer)
    try:
        return Ranker(fit_logistic(features(before, cut), bought > 0))
    except (ValueError, np.linalg.LinAlgError):
        return None


def shifted(ranker: Ranker, payers: Payers, as_of: date, target: float) -> Ranker:
    """The ranker with its log-odds shifted so that the mean probability is `target`."""
    odds = ranker.logistic.log_odds(features(payers, as_of))
    low, high = -30.0, 30.0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if sigmoid(odds + middle).mean() < target else (low, middle)
    return Ranker(ranker.logistic, (low + high) / 2)


@dataclass(frozen=True, slots=True)
class Contenders:
    """The fitted models; None for one that could not be fitted."""

    mbg_nbd: MbgNbd | None
    pareto_nbd: ParetoNbd | None
    logistic: Ranker | None

    def probability(self, name: str, payers: Payers, as_of: date, horizon: int) -> Floats | None:
        """P(at least one purchase in the horizon); None if the model is missing."""
        if name == "logistic":
            return None if self.logistic is None else self.logistic.probability(payers, as_of)
        model = self.mbg_nbd if name == "mbg_nbd" else self.pareto_nbd
        if model is None:
            return None
        return probability_of_purchase(model, payers.x, payers.t_x, payers.T(as_of), float(horizon))


def fit_contenders(
    days: PurchaseDays, as_of: date, horizon: int, trained: int, *, only: str | None = None
) -> Contenders:
    """The contenders, or MBG/NBD and one of them, on what was known at the end of `as_of`."""
    payers = days.up_to(as_of).payers()
    history = (payers.x, payers.t_x, payers.T(as_of))
    mbg = _fitted(fit_mbg_nbd, history)
    ranker = train_ranker(days, as_of, trained) if only in {None, "logistic"} else None
    if ranker is not None and trained < horizon and mbg is not None:
        target = float(probability_of_purchase(mbg, *history, float(horizon)).mean())
        ranker = shifted(ranker, payers, as_of, target)
    pareto = _fitted(fit_pareto_nbd, history) if only in {None, "pareto_nbd"} else None
    return Contenders(mbg, pareto, ranker)


def _fitted(fit: Callable[..., M], history: tuple[Floats, Floats, Floats]) -> M | None:
    """None where the histories teach nothing."""
    try:
        return fit(*history)
    except ValueError:
        return None
