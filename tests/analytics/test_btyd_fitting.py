"""Fitting large histories: few evaluations, no lost digits, no running away."""

from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import pytest
from scipy.special import betaln

from analytics.btyd import MbgNbd, fit_mbg_nbd
from analytics.btyd import beta_geometric as model
from analytics.btyd.history import Floats, History, distinct_rows

Histories = tuple[Floats, Floats, Floats]


def buyers(count: int, seed: int = 5) -> Histories:
    """Gamma-mixed buyers over three years whose time until leaving is exponential, alike for all."""
    random = np.random.default_rng(seed)
    age = random.integers(30, 1095, count).astype(float)
    life = np.minimum(random.exponential(500, count), age)
    x = random.poisson(random.gamma(0.8, 1.0, count) * life / 100)
    last = np.ceil(life * random.random(count) ** (1 / np.maximum(x, 1)))
    return x.astype(float), np.where(x > 0, np.minimum(last, age), 0.0), age


@contextmanager
def counted_evaluations(larger_than: int) -> Iterator[list[int]]:
    """The rows of each evaluation of the likelihood on more rows than that."""
    found: list[int] = []
    original = model.log_likelihood

    def counting(history: History, parameters: Floats, edge: int) -> tuple[float, Floats]:
        if len(history.weight) > larger_than:
            found.append(len(history.weight))
        return original(history, parameters, edge)

    model.log_likelihood = counting
    try:
        yield found
    finally:
        model.log_likelihood = original


def known(fitted: MbgNbd) -> list[float]:
    return [fitted.r, fitted.alpha, fitted.a, fitted.b]


def test_a_large_history_needs_few_evaluations_and_yesterdays_parameters_fewer() -> None:
    x, t_x, T = buyers(200_000)
    with counted_evaluations(15_000) as cold:
        today = fit_mbg_nbd(x, t_x, T)
    with counted_evaluations(15_000) as warm:
        tomorrow = fit_mbg_nbd(x, t_x, T + 1, start=known(today))
    assert cold[0] > 15_000
    assert len(cold) <= 10
    assert len(warm) <= 6
    assert known(fit_mbg_nbd(x, t_x, T + 1))[:2] == pytest.approx(known(tomorrow)[:2], rel=1e-4)


def test_a_start_far_away_leads_to_the_same_optimum() -> None:
    x, t_x, T = buyers(60_000)
    here, there = fit_mbg_nbd(x, t_x, T), fit_mbg_nbd(x, t_x, T, start=[9.0, 2000.0, 0.01, 50.0])
    assert there.log_likelihood == pytest.approx(here.log_likelihood, abs=0.01)


@pytest.mark.parametrize(("a", "b"), [(0.8, 1.2), (30.0, 500.0), (2e5, 3e6)])
def test_the_chance_of_staying_is_a_quotient_of_two_beta_functions(a: float, b: float) -> None:
    k = np.arange(200.0)
    found = model.staying(a, b, k)
    lost_digits = abs(betaln(a, b)) * 1e-13
    assert found.log == pytest.approx(betaln(a, b + k) - betaln(a, b), rel=1e-9, abs=lost_digits)
    width = 1e-5
    for slope, up, down in (
        (found.by_a, model.staying(a * (1 + width), b, k), model.staying(a * (1 - width), b, k)),
        (found.by_b, model.staying(a, b * (1 + width), k), model.staying(a, b * (1 - width), k)),
    ):
        size = a if slope is found.by_a else b
        assert slope * size == pytest.approx((up.log - down.log) / (2 * width), rel=1e-4, abs=1e-9)


def test_counts_that_are_not_whole_numbers_mean_the_same() -> None:
    whole, nearly = model.staying(0.8, 1.2, np.arange(9.0)), model.staying(0.8, 1.2, np.arange(9.0) + 1e-9)
    for name in ("log", "by_a", "by_b"):
        assert getattr(nearly, name) == pytest.approx(getattr(whole, name), abs=1e-7)


@pytest.mark.parametrize("shape", [(), (1_000,), (10, 20)])
def test_distinct_rows_give_the_rows_back_at_their_places(shape: tuple[int, ...]) -> None:
    random = np.random.default_rng(1)
    one, other = (np.asarray(random.integers(0, 5, shape), dtype=float) for _ in range(2))
    (left, right), place = distinct_rows(one, other)
    assert len(left) <= 25
    assert (left[place] == one).all()
    assert (right[place] == other).all()
