"""What a fitted model says about customers; one function for all models, told apart by their type."""

from types import ModuleType

import numpy as np
from numpy.typing import ArrayLike

from analytics.btyd import beta_geometric, pareto_nbd
from analytics.btyd.history import Floats, checked, checked_history
from analytics.btyd.models import BgNbd, MbgNbd, ParetoNbd, PurchaseModel


def probability_alive(model: PurchaseModel, x: ArrayLike, t_x: ArrayLike, T: ArrayLike) -> Floats:
    """The probability of not having left for good; arrays in the model's time unit."""
    result: Floats = _family(model).probability_alive(model, *checked_history(x, t_x, T))
    return result


def probability_of_purchase(
    model: PurchaseModel, x: ArrayLike, t_x: ArrayLike, T: ArrayLike, horizon: ArrayLike
) -> Floats:
    """The probability of at least one purchase within the horizon; 1 minus it is the churn risk."""
    result: Floats = _family(model).probability_of_purchase(model, *_with_horizon(x, t_x, T, horizon))
    return np.clip(result, 0.0, 1.0)


def expected_purchases(
    model: PurchaseModel, x: ArrayLike, t_x: ArrayLike, T: ArrayLike, horizon: ArrayLike
) -> Floats:
    """The expected number of purchases within the horizon."""
    result: Floats = _family(model).expected_purchases(model, *_with_horizon(x, t_x, T, horizon))
    return result


def _with_horizon(
    x: ArrayLike, t_x: ArrayLike, T: ArrayLike, horizon: ArrayLike
) -> tuple[Floats, Floats, Floats, Floats]:
    x_, t_x_, T_ = checked_history(x, t_x, T)
    *_, wide = checked(x=x_, horizon=horizon)
    return x_, t_x_, T_, wide


def _family(model: PurchaseModel) -> ModuleType:
    if isinstance(model, BgNbd | MbgNbd):
        return beta_geometric
    if isinstance(model, ParetoNbd):
        return pareto_nbd
    raise TypeError(f"{type(model).__name__} is not a model of purchases.")
