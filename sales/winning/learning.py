"""Learning from closed deals, and what it would have told of the last of them before they were closed. Pure.

Deals are looked at once a week while they were open, because that is how the open ones are looked at today: at any
moment of their life, the slow ones more often. Only closed deals teach. Several sights of one deal tell one story, so
the ridge grows with their number, and the back-test draws deals, not sights.
"""

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from crm.statistics import (
    CalibrationBin,
    Logistic,
    area_under_curve,
    brier_score,
    calibration,
    fit_logistic,
    log_loss,
)
from sales.winning.features import Known, features, known_from
from sales.winning.sights import Floats, Passes, Sights, first_of_each

FEWEST_WON, FEWEST_LOST = 50, 50
FEWEST_TESTED = 20
TRAINED_SHARE = 0.7
SURE = 0.99
DRAWS = 500
MOST_BINS = 10
LABELS = ("learned", "hand", "base")


@dataclass(frozen=True, slots=True)
class Learnt:
    known: Known
    logistic: Logistic

    def probability(self, sights: Sights) -> Floats:
        found: Floats = np.clip(self.logistic.probability(features(self.known, sights)), 1 - SURE, SURE)
        return found

    def plain(self) -> dict[str, Any]:
        return {"known": self.known.plain(), "logistic": asdict(self.logistic)}


def read_learnt(parameters: dict[str, Any]) -> Learnt:
    found = parameters["logistic"]
    pairs = {name: tuple(found[name]) for name in ("coefficients", "means", "scales")}
    return Learnt(Known(**parameters["known"]), Logistic(found["intercept"], converged=True, **pairs))


def learn(sights: Sights, passes: Passes, sources: list[str]) -> Learnt:
    known = known_from(sights, passes, sources)
    ridge = 2.0 * len(sights) / max(len(np.unique(sights.deal)), 1)
    return Learnt(known, fit_logistic(features(known, sights), sights.won, ridge=ridge))


def counts(sights: Sights) -> tuple[int, int]:
    """How many deals were won and lost."""
    won = sights.won[first_of_each(sights.deal)]
    return int(won.sum()), int(len(won) - won.sum())


def enough(sights: Sights) -> bool:
    won, lost = counts(sights)
    return won >= FEWEST_WON and lost >= FEWEST_LOST


def backtest(sights: Sights, passes: Passes, sources: list[str]) -> dict[str, Any]:
    """Learn from deals closed before a day, judge by what was known from that day on of those closed later."""
    cut = cut_day(sights)
    before, after = sights.chosen(sights.closed < cut), sights.chosen(sights.day >= cut)
    if min(counts(before)) < FEWEST_TESTED or min(counts(after)) < FEWEST_TESTED // 2:
        return {}
    learnt = learn(before, passes.before(cut), sources)
    told = {
        "learned": learnt.probability(after),
        "hand": np.clip(after.hand / 100, 1 - SURE, SURE),
        "base": np.full(len(after), float(before.won.mean())),
    }
    gain = gains(after, told["hand"], told["learned"])
    return {
        "cut": cut,
        "learnt_from": sum(counts(before)),
        "deals": sum(counts(after)),
        "sights": len(after),
        "won_share": float(after.won.mean()),
        "models": {name: judged(told[name], after) for name in LABELS},
        "gain": gain,
        "verdict": verdict(gain),
    }


def cut_day(sights: Sights) -> int:
    """The day before which most of the deals were closed."""
    closed = np.sort(sights.closed[first_of_each(sights.deal)])
    return int(closed[min(int(len(closed) * TRAINED_SHARE), len(closed) - 1)])


def judged(told: Floats, sights: Sights) -> dict[str, Any]:
    return {
        "auc": area_under_curve(told, sights.won),
        "brier": brier_score(told, sights.won),
        "log_loss": log_loss(told, sights.won),
        "bins": [asdict(each) for each in bins_of(told, sights)],
    }


def bins_of(told: Floats, sights: Sights) -> list[CalibrationBin]:
    """By what was told where only few different probabilities were, else in groups of equal size."""
    values, places = np.unique(told, return_inverse=True)
    if len(values) > MOST_BINS:
        return calibration(told, sights.won, bins=MOST_BINS if len(sights) >= 400 else 5)
    groups = [sights.won[places == place] for place in range(len(values))]
    return [
        CalibrationBin(len(group), float(value), float(group.mean()))
        for value, group in zip(values, groups, strict=True)
    ]


def gains(sights: Sights, hand: Floats, learned: Floats) -> list[float]:
    """How much less the learned one errs (log loss, for each sight): 5th percentile, mean and 95th over drawn deals."""
    y = sights.won
    each = np.log(np.where(y == 1, learned, 1 - learned)) - np.log(np.where(y == 1, hand, 1 - hand))
    _deals, place = np.unique(sights.deal, return_inverse=True)
    sums, sizes = np.bincount(place, weights=each), np.bincount(place)
    drawn = np.random.default_rng(1).integers(0, len(sums), (DRAWS, len(sums)))
    means = sums[drawn].sum(axis=1) / sizes[drawn].sum(axis=1)
    return [float(np.quantile(means, 0.05)), float(each.mean()), float(np.quantile(means, 0.95))]


def verdict(gain: list[float]) -> str:
    if gain[0] > 0:
        return "better"
    return "worse" if gain[2] < 0 else "same"
