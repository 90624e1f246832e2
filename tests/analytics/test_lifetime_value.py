"""Lifetime value: what it sums, how its interval is judged, who is A to D."""

import numpy as np
import pytest

from analytics.btyd import MbgNbd, expected_purchases, fit_gamma_gamma, fit_mbg_nbd
from analytics.btyd.beta_geometric import purchases_if_alive
from analytics.lifetime_value import (
    HIGH,
    LOW,
    MONTH_DAYS,
    Terms,
    categories,
    category_cuts,
    future_if_alive,
    outlook,
)
from crm.statistics import pit_share, randomised_pit
from tests.analytics.cdnow import HOLDOUT_DAYS, history

CDNOW_TERMS = Terms(months=1, yearly_rate=0.0, days_per_month=float(HOLDOUT_DAYS))


@pytest.fixture(scope="module")
def fitted():
    data = history("sample")
    return data, fit_mbg_nbd(data.x, data.t_x, data.T), fit_gamma_gamma(data.x, data.m)


def test_the_value_is_the_discounted_sum_over_months(fitted) -> None:
    data, model, spend = fitted
    terms = Terms(months=6, yearly_rate=0.12, margin_rate=0.4)
    row = slice(5, 6)
    x, t_x, T, m = data.x[row], data.t_x[row], data.T[row], data.m[row]
    upto = [expected_purchases(model, x, t_x, T, k * MONTH_DAYS)[0] for k in range(7)]
    each = spend.p * (spend.gamma + x[0] * m[0]) / (spend.p * x[0] + spend.q - 1)
    by_hand = sum((upto[k] - upto[k - 1]) * each * 0.4 / 1.12 ** (k / 12) for k in range(1, 7))
    assert outlook(model, spend, x, t_x, T, m, terms).value[0] == pytest.approx(by_hand, rel=1e-8)


def test_the_table_of_futures_is_exact(fitted) -> None:
    data, model, _ = fitted
    count, discounted, _ = future_if_alive(model, data.x, data.T, Terms(months=36))
    assert count == pytest.approx(purchases_if_alive(model, data.x, data.T, 36 * MONTH_DAYS), rel=1e-7)
    assert (discounted < count).all()


def test_cost_to_serve_can_make_a_customer_worth_less_than_nothing(fitted) -> None:
    data, model, spend = fitted
    plain = outlook(model, spend, data.x, data.t_x, data.T, data.m, Terms())
    costly = outlook(model, spend, data.x, data.t_x, data.T, data.m, Terms(), cost=50.0)
    assert costly.value == pytest.approx(plain.value - 50)
    assert (costly.value < 0).any()
    assert costly.quantile(HIGH) == pytest.approx(plain.quantile(HIGH) - 50)


@pytest.mark.parametrize("name", ["sample", "master"])
def test_the_interval_covers_the_holdout_spend_of_cdnow(name: str) -> None:
    data = history(name)
    model, spend = fit_mbg_nbd(data.x, data.t_x, data.T), fit_gamma_gamma(data.x, data.m)
    future = outlook(model, spend, data.x, data.t_x, data.T, data.m, CDNOW_TERMS)
    low, high = future.quantile(LOW), future.quantile(HIGH)
    assert (low <= high).all()
    share = pit_share(randomised_pit(*future.pit_bounds(data.holdout_spend)))
    assert 0.75 <= share <= 0.85


def test_the_simulated_future_has_the_computed_mean_and_pairs() -> None:
    """E[N] and E[N (N - 1)] of someone alive, against 200,000 simulated futures."""
    model, x, T, terms = MbgNbd(0.8, 40.0, 0.9, 4.0, 0.0), 3.0, 200.0, Terms(months=12)
    random = np.random.default_rng(5)
    n = 200_000
    rate = random.gamma(model.r + x, 1 / (model.alpha + T), n)
    leave = random.beta(model.a, model.b + x + 1, n)
    reach = random.poisson(rate * terms.days)
    bought = np.minimum(reach, random.geometric(leave))
    count, _, pairs = future_if_alive(model, np.array([x]), np.array([T]), terms)
    assert count[0] == pytest.approx(bought.mean(), rel=0.02)
    assert pairs[0] == pytest.approx((bought * (bought - 1.0)).mean(), rel=0.05)


def test_categories_hold_half_eighty_and_ninety_five_per_cent() -> None:
    values = np.array([50.0, 20, 11, 9, 5, 3, 2, 0, -4])
    codes = categories(values, category_cuts(values))
    assert codes.tolist() == [0, 1, 1, 2, 2, 3, 3, 3, 3]


def test_without_any_positive_value_everyone_is_d() -> None:
    values = np.array([0.0, -1.0])
    assert categories(values, category_cuts(values)).tolist() == [3, 3]
