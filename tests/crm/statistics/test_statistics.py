"""The kernel's statistics against their definitions."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm.statistics import (
    area_under_curve,
    area_with_error,
    brier_score,
    calibration,
    fit_logistic,
    pit_share,
    randomised_pit,
)


@given(st.lists(st.tuples(st.integers(0, 5), st.booleans()), min_size=1, max_size=40))
def test_area_is_the_share_of_pairs_in_the_right_order_with_ties_half(rows: list[tuple[int, bool]]) -> None:
    yes = [score for score, came in rows if came]
    no = [score for score, came in rows if not came]
    found = area_under_curve([score for score, _ in rows], [came for _, came in rows])
    if not yes or not no:
        assert found is None
        return
    pairs = [(a > b) + 0.5 * (a == b) for a in yes for b in no]
    assert found == pytest.approx(sum(pairs) / len(pairs))


def test_the_standard_error_of_the_area_is_that_of_repeated_samples() -> None:
    random = np.random.default_rng(1)
    areas, errors = [], []
    for _ in range(300):
        came = random.random(400) < 0.3
        found = area_with_error(random.normal(size=400) + came, came)
        assert found is not None
        areas.append(found[0])
        errors.append(found[1])
    assert np.mean(errors) == pytest.approx(np.std(areas), rel=0.15)


def test_logistic_regression_finds_the_coefficients_that_made_the_data() -> None:
    random = np.random.default_rng(2)
    table = random.normal(3, 2, (40_000, 2))
    p = 1 / (1 + np.exp(-(-1 + 0.8 * table[:, 0] - 0.5 * table[:, 1])))
    found = fit_logistic(table, random.random(40_000) < p)
    slopes = np.array(found.coefficients) / np.array(found.scales)
    assert found.converged
    assert slopes == pytest.approx([0.8, -0.5], abs=0.03)
    assert np.abs(found.probability(table) - p).max() < 0.02


def test_logistic_regression_stays_finite_on_separable_data_and_constant_columns() -> None:
    table = np.column_stack([np.arange(20.0), np.ones(20)])
    found = fit_logistic(table, np.arange(20) >= 10)
    assert np.isfinite(found.coefficients).all()
    assert (found.probability(table) > 0.5).tolist() == [False] * 10 + [True] * 10


@pytest.mark.parametrize(
    ("table", "y"),
    [([[1.0], [2.0]], [1, 1]), ([[1.0], [np.nan]], [0, 1]), ([[1.0]], [0, 1]), ([[1.0], [2.0]], [0, 2])],
)
def test_logistic_regression_refuses_what_teaches_nothing(table: list[list[float]], y: list[int]) -> None:
    with pytest.raises(ValueError):
        fit_logistic(table, y)


def test_brier_and_calibration() -> None:
    assert brier_score([0.5, 1.0], [0, 1]) == pytest.approx(0.125)
    bins = calibration(np.linspace(0, 1, 100), np.linspace(0, 1, 100) > 0.5)
    assert [b.count for b in bins] == [10] * 10
    assert (bins[0].observed, bins[-1].observed) == (0, 1)
    assert [b.predicted for b in bins] == sorted(b.predicted for b in bins)


def test_the_randomised_pit_of_a_right_distribution_is_uniform() -> None:
    random = np.random.default_rng(4)
    zero = random.random(20_000) < 0.7
    pit = randomised_pit(np.where(zero, 0.0, 0.7), np.where(zero, 0.7, 1.0))
    assert pit_share(pit) == pytest.approx(0.8, abs=0.01)
