"""Parameters with time in weeks, as the literature prints them. Pure."""

from collections.abc import Mapping
from math import log
from typing import Any

WEEK = 7.0
TIMES = ("alpha", "beta")
#: In the order of the literature; the database keeps none.
ORDER = ("r", "alpha", "s", "beta", "a", "b", "p", "q", "gamma")


def in_weeks(model: Mapping[str, Any]) -> dict[str, float]:
    return {name: model[name] / WEEK if name in TIMES else model[name] for name in ORDER if name in model}


def parameters_in_weeks(parameters: Mapping[str, Any]) -> dict[str, float]:
    """MBG/NBD's r, alpha, a, b and Gamma-Gamma's p, q, gamma; empty where nothing was fitted."""
    mbg, worth = parameters.get("mbg_nbd"), parameters.get("gamma_gamma")
    if mbg is None or worth is None:
        return {}
    return in_weeks(mbg) | in_weeks(worth)


def log_likelihood_in_weeks(parameters: Mapping[str, Any], repeats: int) -> float | None:
    """A density of `repeats` moments in time changes its unit with each of them."""
    mbg = parameters.get("mbg_nbd")
    return None if mbg is None else mbg["log_likelihood"] + repeats * log(WEEK)
