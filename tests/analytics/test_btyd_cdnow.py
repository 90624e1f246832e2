"""The published results on CDNOW come out: 39 weeks of calibration, 39 weeks of holdout."""

import numpy as np
import pytest

from analytics.btyd import (
    expected_purchases,
    fit_bg_nbd,
    fit_gamma_gamma,
    fit_mbg_nbd,
    fit_pareto_nbd,
    probability_alive,
    probability_of_purchase,
)
from crm.statistics import area_under_curve
from tests.analytics.cdnow import HOLDOUT_DAYS, Cdnow, history

FITS = {"bg": fit_bg_nbd, "mbg": fit_mbg_nbd, "pareto": fit_pareto_nbd}

PARAMETERS = [
    ("sample", "bg", (0.2426, 4.4136, 0.7929, 2.4259), -9582.43),
    ("sample", "mbg", (0.5248, 6.1831, 0.8914, 1.6140), -9582.14),
    ("sample", "pareto", (0.5533, 10.5777, 0.6063, 11.6696), -9594.98),
    ("master", "bg", (0.2516, 4.7889, 0.7234, 2.1611), -95368.44),
    ("master", "mbg", (0.6371, 7.3103, 0.8075, 1.2284), -95336.96),
    ("master", "pareto", (0.5974, 11.586, 0.5222, 8.828), -95415.12),
]
SPEND = [
    ("sample", 946, (6.2496, 3.7442, 15.4435), -4055.92),
    ("master", 9450, (6.275, 3.624, 14.984), -40763.48),
]
# file, model, MAE, RMSE, bias, AUC by P(alive), by expected purchases, by P(purchase)
ACCURACY = [
    ("sample", "bg", 0.786, 1.608, -0.121, 0.316, 0.773, 0.757),
    ("sample", "mbg", 0.765, 1.607, -0.162, 0.687, 0.773, 0.760),
    ("sample", "pareto", 0.755, 1.603, -0.115, 0.726, 0.779, 0.771),
    ("master", "bg", 0.819, 1.733, -0.143, 0.320, 0.763, 0.747),
    ("master", "mbg", 0.795, 1.740, -0.191, 0.700, 0.765, 0.755),
    ("master", "pareto", 0.794, 1.726, -0.129, 0.722, 0.769, 0.763),
]


@pytest.mark.parametrize(
    ("name", "customers", "repeaters", "repeats", "holdout", "active"),
    [("sample", 2357, 946, 2457, 1882, 684), ("master", 23570, 9451, 24337, 19684, 7058)],
)
def test_histories_are_collapsed_as_published(
    name: str, customers: int, repeaters: int, repeats: int, holdout: int, active: int
) -> None:
    data = history(name)
    assert (len(data.x), (data.x > 0).sum(), data.x.sum()) == (customers, repeaters, repeats)
    assert (data.holdout.sum(), (data.holdout > 0).sum()) == (holdout, active)


@pytest.mark.parametrize(("name", "model", "parameters", "log_likelihood"), PARAMETERS)
def test_parameters(name: str, model: str, parameters: tuple[float, ...], log_likelihood: float) -> None:
    data = history(name)
    fitted = FITS[model](data.x, data.t_x / 7, data.T / 7)
    values = [getattr(fitted, field) for field in fitted.__dataclass_fields__ if field != "log_likelihood"]
    assert values == pytest.approx(parameters, rel=4e-4)
    assert fitted.log_likelihood == pytest.approx(log_likelihood, abs=0.01)


@pytest.mark.parametrize(("name", "repeaters", "parameters", "log_likelihood"), SPEND)
def test_gamma_gamma(name: str, repeaters: int, parameters: tuple[float, ...], log_likelihood: float) -> None:
    data = history(name)
    assert ((data.x > 0) & (data.m > 0)).sum() == repeaters
    fitted = fit_gamma_gamma(data.x, data.m)
    assert (fitted.p, fitted.q, fitted.gamma) == pytest.approx(parameters, rel=2e-4)
    assert fitted.log_likelihood == pytest.approx(log_likelihood, abs=0.01)


@pytest.mark.parametrize(("name", "model", "mae", "rmse", "bias", "alive", "expected", "buys"), ACCURACY)
def test_holdout_accuracy(
    name: str, model: str, mae: float, rmse: float, bias: float, alive: float, expected: float, buys: float
) -> None:
    data = history(name)
    fitted = FITS[model](data.x, data.t_x, data.T)
    forecast = expected_purchases(fitted, data.x, data.t_x, data.T, HOLDOUT_DAYS)
    error = forecast - data.holdout
    assert np.abs(error).mean() == pytest.approx(mae, abs=0.0006)
    assert np.sqrt((error**2).mean()) == pytest.approx(rmse, abs=0.0006)
    assert forecast.sum() / data.holdout.sum() - 1 == pytest.approx(bias, abs=0.0006)
    came = data.holdout > 0
    chance = probability_of_purchase(fitted, data.x, data.t_x, data.T, HOLDOUT_DAYS)
    assert area_under_curve(forecast, came) == pytest.approx(expected, abs=0.0006)
    assert area_under_curve(chance, came) == pytest.approx(buys, abs=0.0006)
    assert area_under_curve(probability_alive(fitted, data.x, data.t_x, data.T), came) == pytest.approx(
        alive, abs=0.0006
    )


@pytest.mark.parametrize(
    ("name", "recency", "frequency"), [("sample", 0.771, 0.760), ("master", 0.759, 0.754)]
)
def test_baselines(name: str, recency: float, frequency: float) -> None:
    data: Cdnow = history(name)
    came = data.holdout > 0
    assert area_under_curve(data.t_x - data.T, came) == pytest.approx(recency, abs=0.0006)
    assert area_under_curve(data.x / data.T, came) == pytest.approx(frequency, abs=0.0006)
