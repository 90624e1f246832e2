"""One customer scored on read, in microseconds and without NumPy: risk moves on every day without any order. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import exp, expm1, log, log1p
from typing import Any

NONE_EXPECTED_AFTER = 730


@dataclass(frozen=True, slots=True)
class Payer:
    """Repeat purchase days, age at the last one, age now (days), total spend."""

    x: float
    t_x: float
    T: float
    amount: float


@dataclass(frozen=True, slots=True)
class Today:
    """What the parameters of a run say of a payer today; None where they say nothing."""

    alive: float
    churn_risk: float | None
    next_order_days: float | None


def rescored(parameters: Mapping[str, Any], champion: str, horizon: int, payer: Payer) -> Today | None:
    """None without a fitted model. Pareto/NBD's risk needs an integral and is left as it was stored."""
    mbg = parameters.get("mbg_nbd")
    if not mbg:
        return None
    r, alpha, a, b = (float(mbg[name]) for name in ("r", "alpha", "a", "b"))
    alive = probability_alive(r, alpha, a, b, payer)
    if champion == "pareto_nbd":
        risk = None
    elif champion == "logistic" and parameters.get("logistic"):
        risk = 1 - ranked(parameters["logistic"], payer)
    else:
        risk = 1 + alive * expm1(-(r + payer.x) * log1p(horizon / (alpha + payer.T)))
    return Today(alive, risk, next_order_days(r, alpha, payer))


def probability_alive(r: float, alpha: float, a: float, b: float, payer: Payer) -> float:
    """1 / (1 + a/(b+x) ((alpha+T)/(alpha+t_x))^(r+x)), in logarithms."""
    z = log(a / (b + payer.x)) + (r + payer.x) * log((alpha + payer.T) / (alpha + payer.t_x))
    return exp(-z) / (1 + exp(-z)) if z > 0 else 1 / (1 + exp(z))


def next_order_days(r: float, alpha: float, payer: Payer) -> float | None:
    """The median waiting time of someone alive; None beyond two years."""
    growth = log(2) / (r + payer.x)
    days = (alpha + payer.T) * expm1(growth) if growth < 50 else float("inf")
    return days if days <= NONE_EXPECTED_AFTER else None


def ranked(ranker: Mapping[str, Any], payer: Payer) -> float:
    """The logistic regression's probability of a purchase."""
    known = (payer.x, payer.T - payer.t_x, payer.T, max(payer.amount, 0.0))
    return probability(ranker["logistic"], ranker["shift"], [log1p(value) for value in known])


def probability(logistic: Mapping[str, Any], shift: float, features: Sequence[float]) -> float:
    z = float(logistic["intercept"]) + shift
    for feature, mean, scale, slope in zip(
        features, logistic["means"], logistic["scales"], logistic["coefficients"], strict=True
    ):
        z += slope * (feature - mean) / scale
    return 1 / (1 + exp(-z)) if z >= 0 else exp(z) / (1 + exp(z))
