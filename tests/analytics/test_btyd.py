"""What must hold for any fitted model, any customer and any unit of time."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.special import hyp2f1, roots_jacobi

from analytics.btyd import (
    BgNbd,
    GammaGamma,
    MbgNbd,
    ParetoNbd,
    PurchaseModel,
    expected_purchases,
    expected_value,
    fit_bg_nbd,
    fit_gamma_gamma,
    fit_mbg_nbd,
    fit_pareto_nbd,
    probability_alive,
    probability_of_purchase,
)
from analytics.btyd import pareto_nbd as pareto
from analytics.btyd.beta_geometric import purchases_if_alive
from analytics.btyd.history import Floats
from tests.analytics.cdnow import history

FITS = [fit_bg_nbd, fit_mbg_nbd, fit_pareto_nbd]
shape = st.floats(0.05, 20)
scale = st.floats(0.5, 500)
two_letter_models = st.one_of(
    st.builds(BgNbd, shape, scale, shape, shape, st.just(0.0)),
    st.builds(MbgNbd, shape, scale, shape, shape, st.just(0.0)),
)
pareto_models = st.builds(ParetoNbd, shape, scale, shape, scale, st.just(0.0))
models = st.one_of(two_letter_models, pareto_models)


@st.composite
def customers(draw: st.DrawFn) -> tuple[float, float, float]:
    x = draw(st.integers(0, 300))
    T = draw(st.floats(1, 4000))
    return float(x), T * draw(st.floats(0.01, 1)) if x else 0.0, T


@given(models, customers(), st.floats(0, 2000), st.floats(0, 2000))
def test_probabilities_lie_between_0_and_1_and_grow_with_the_horizon(
    model: PurchaseModel, customer: tuple[float, float, float], one: float, other: float
) -> None:
    short, long = sorted((one, other))
    alive = float(probability_alive(model, *customer))
    soon, later = (float(probability_of_purchase(model, *customer, h)) for h in (short, long))
    assert 0 <= soon <= later + 1e-7 <= alive + 2e-7 <= 1 + 3e-7  # the series of Pareto/NBD leave 1e-9
    assert float(probability_of_purchase(model, *customer, 0)) == pytest.approx(0, abs=1e-9)


@given(models, customers(), st.floats(1, 2000))
def test_expected_purchases_are_at_least_the_probability_of_one(
    model: PurchaseModel, customer: tuple[float, float, float], horizon: float
) -> None:
    count = float(expected_purchases(model, *customer, horizon))
    assert np.isfinite(count)
    assert count >= float(probability_of_purchase(model, *customer, horizon)) * (1 - 1e-6) - 1e-9


@given(models, customers(), st.floats(1, 2000), st.sampled_from([1 / 7, 24.0, 86400.0]))
def test_the_time_unit_does_not_matter(
    model: Any, customer: tuple[float, float, float], horizon: float, unit: float
) -> None:
    x, t_x, T = customer
    if isinstance(model, ParetoNbd):
        other: PurchaseModel = ParetoNbd(model.r, model.alpha * unit, model.s, model.beta * unit, 0)
    else:
        other = type(model)(model.r, model.alpha * unit, model.a, model.b, 0)
    now = probability_of_purchase(model, x, t_x, T, horizon)
    assert probability_of_purchase(other, x, t_x * unit, T * unit, horizon * unit) == pytest.approx(
        now, rel=1e-6
    )


@pytest.mark.parametrize("fit", FITS)
def test_a_fit_in_days_is_the_fit_in_weeks(fit: Any) -> None:
    data = history("sample")
    weeks, days = fit(data.x, data.t_x / 7, data.T / 7), fit(data.x, data.t_x, data.T)
    assert days.r == pytest.approx(weeks.r, rel=1e-6)
    assert days.alpha == pytest.approx(weeks.alpha * 7, rel=1e-6)
    assert days.log_likelihood == pytest.approx(weeks.log_likelihood - data.x.sum() * np.log(7), abs=1e-6)


@pytest.mark.parametrize("fit", FITS)
def test_weights_stand_for_repeated_rows(fit: Any) -> None:
    data = history("sample")
    rows, counts = np.unique(np.stack([data.x, data.t_x, data.T]), axis=1, return_counts=True)
    whole, packed = fit(data.x, data.t_x, data.T), fit(*rows, weights=counts)
    assert (packed.r, packed.alpha) == pytest.approx((whole.r, whole.alpha), rel=1e-6)
    assert packed.log_likelihood == pytest.approx(whole.log_likelihood, abs=1e-6)


@pytest.mark.parametrize("fit", FITS)
def test_a_warm_start_ends_at_the_same_optimum(fit: Any) -> None:
    data = history("sample")
    cold = fit(data.x, data.t_x, data.T)
    warm = fit(data.x, data.t_x, data.T, start=(1.5, 20.0, 2.0, 30.0))
    assert warm.log_likelihood == pytest.approx(cold.log_likelihood, abs=1e-5)


@given(st.floats(0.05, 20), st.floats(0.5, 500), st.floats(0.05, 20), st.floats(0.5, 500), customers())
@settings(max_examples=60)
def test_the_hidden_integral_agrees_with_adaptive_quadrature(
    r: float, alpha: float, s: float, beta: float, customer: tuple[float, float, float]
) -> None:
    x, t_x, T = customer
    row = [np.array([value]) for value in customer]
    found = float(pareto.log_integral(r, alpha, s, beta, *row, nodes=pareto.NODES_TO_PROVE)[0])
    found += (r + x) * np.log(alpha + t_x) + (s + 1) * np.log(beta + t_x)

    def integrand(v: float) -> float:
        u = np.expm1(v)
        return float(np.exp(v - (r + x) * np.log1p(u / (alpha + t_x)) - (s + 1) * np.log1p(u / (beta + t_x))))

    expected = quad(integrand, 0, np.log1p(T - t_x), epsrel=1e-11, epsabs=0, limit=400)[0]
    assert np.exp(found) == pytest.approx(expected, rel=1e-7, abs=1e-300)


@pytest.mark.parametrize(("alpha", "beta"), [(10.578, 11.669), (11.669, 10.578), (10.0, 10.0)])
def test_the_hidden_integral_is_the_published_2f1(alpha: float, beta: float) -> None:
    r, s, x, t_x, T = 0.553, 0.606, 2.0, 30.43, 38.86
    big, small, second = (alpha, beta, s + 1) if alpha >= beta else (beta, alpha, r + x)
    total = r + s + x

    def term(t: float) -> float:
        return float(hyp2f1(total, second, total + 1, (big - small) / (big + t)) / (big + t) ** total)

    found = np.exp(pareto.log_integral(r, alpha, s, beta, np.array([x]), np.array([t_x]), np.array([T])))
    assert found[0] * total == pytest.approx(term(t_x) - term(T), rel=1e-9)


@given(two_letter_models, customers(), st.floats(1, 2000))
@settings(max_examples=60)
def test_expected_purchases_integrate_over_the_chance_of_leaving(
    model: Any, customer: tuple[float, float, float], horizon: float
) -> None:
    """The closed form equals the mean of (1 - (1 + p t/(alpha+T))^-(r+x)) / p over p ~ Beta(a, b+x+e)."""
    x, t_x, T = customer
    horizon = min(horizon, 20 * (model.alpha + T))  # beyond, the reference itself needs more nodes
    later = model.b + x + (1 if isinstance(model, MbgNbd) else 0)
    points, weights = roots_jacobi(400, later - 1, model.a - 1)
    p = (1 + points) / 2
    mean = -np.expm1(-(model.r + x) * np.log1p(p * horizon / (model.alpha + T))) / p
    expected = float(probability_alive(model, x, t_x, T)) * (weights @ mean) / weights.sum()
    assert float(expected_purchases(model, x, t_x, T, horizon)) == pytest.approx(expected, rel=1e-4, abs=1e-9)


@pytest.mark.parametrize("b", [0.5, 80.0, 1e6])
def test_purchases_stay_finite_where_everybody_leaves_alike(b: float) -> None:
    """Just below and above the switch of method they agree; far above it p is a constant."""
    x, T, t = np.array([0.0, 3.0, 60.0]), np.array([20.0, 300.0, 900.0]), np.array([30.0, 365.0, 1000.0])
    below, above = (purchases_if_alive(MbgNbd(0.8, 40.0, a, b, 0.0), x, T, t) for a in (19.999999, 20.000001))
    assert above == pytest.approx(below, rel=2e-5)
    same = MbgNbd(0.8, 40.0, 1e6, 4e6, 0.0)
    expected = -np.expm1(-(0.8 + x) * np.log1p(0.2 * t / (40 + T))) / 0.2
    assert purchases_if_alive(same, x, T, t) == pytest.approx(expected, rel=1e-3)


def _simulated(model: MbgNbd, T: float, horizon: float, n: int) -> tuple[Floats, Floats, Floats, Floats]:
    """n customers who buy and leave as MBG/NBD says: x, t_x, whether alive at T, purchases in the horizon."""
    random = np.random.default_rng(7)
    rate = random.gamma(model.r, 1 / model.alpha, n)
    leave = random.beta(model.a, model.b, n)
    x, t_x, later, clock = (np.zeros(n) for _ in range(4))
    alive = random.random(n) >= leave
    alive_then = np.zeros(n)
    active = np.flatnonzero(alive)
    while active.size:
        clock[active] += random.exponential(1 / rate[active])
        passed = active[clock[active] > T]
        alive_then[passed] = 1
        active = active[clock[active] <= T + horizon]
        before = active[clock[active] <= T]
        x[before] += 1
        t_x[before] = clock[before]
        later[active[clock[active] > T]] += 1
        active = active[random.random(active.size) >= leave[active]]
    return x, t_x, alive_then, later


def test_predictions_agree_with_a_simulation() -> None:
    model = MbgNbd(0.8, 40.0, 0.9, 4.0, 0.0)
    x, t_x, alive, later = _simulated(model, 300.0, 200.0, 400_000)
    T = np.full(len(x), 300.0)
    forecasts = [
        (probability_alive(model, x, t_x, T), alive),
        (probability_of_purchase(model, x, t_x, T, 200.0), (later > 0).astype(float)),
        (expected_purchases(model, x, t_x, T, 200.0), later),
    ]
    for group in (x == 0, (x > 0) & (x < 4), x >= 4):
        for forecast, truth in forecasts:
            spread = truth[group].std() / np.sqrt(group.sum())
            assert abs(forecast[group].mean() - truth[group].mean()) < 4.5 * spread


def test_a_fit_finds_the_parameters_that_made_the_data() -> None:
    x, t_x, *_ = _simulated(MbgNbd(0.8, 40.0, 0.9, 4.0, 0.0), 300.0, 0.0, 200_000)
    found = fit_mbg_nbd(x, np.ceil(t_x), np.full(len(x), 300.0))
    assert (found.r, found.alpha, found.a, found.b) == pytest.approx((0.8, 40.0, 0.9, 4.0), rel=0.08)


def test_bg_nbd_calls_every_one_time_buyer_alive_and_the_default_model_does_not() -> None:
    assert probability_alive(BgNbd(0.24, 4.4, 0.8, 2.4, 0), 0, 0, 500) == 1
    assert probability_alive(MbgNbd(0.52, 6.2, 0.9, 1.6, 0), 0, 0, 500) < 0.3


def test_nobody_leaves_and_the_fit_says_so() -> None:
    random = np.random.default_rng(3)
    T = np.full(5000, 365.0)
    x = random.poisson(0.1 * T).astype(float)
    t_x = np.where(x > 0, np.floor(365 * random.random(5000) ** (1 / np.maximum(x, 1))), 0.0)
    assert not fit_mbg_nbd(x, t_x, T).dropout_detectable


def test_expected_value_lies_between_ones_own_mean_and_that_of_all() -> None:
    model = GammaGamma(6.25, 3.74, 15.44, 0)
    everyone = 6.25 * 15.44 / 2.74
    assert float(expected_value(model, 0, 0)) == pytest.approx(everyone)
    assert everyone < float(expected_value(model, 3, 80)) < 80
    assert np.isinf(expected_value(GammaGamma(6.25, 0.9, 15.44, 0), 0, 0))


@pytest.mark.parametrize(
    ("x", "t_x", "T", "sentence"),
    [
        ([1, -1], [3, 0], [5, 5], "negative"),
        ([1, 1], [3, 6], [5, 5], "greater than T"),
        ([1, float("nan")], [3, 0], [5, 5], "NaN"),
        ([1, 1], [3], [5, 5, 5], "equal length"),
        ([0, 1], [3, 3], [5, 5], "x is 0"),
        (["a", 1], [3, 3], [5, 5], "numbers"),
        ([], [], [], "no customers"),
        ([0, 0], [0, 0], [5, 5], "bought again"),
        ([1, 1], [0, 0], [0, 0], "no time"),
    ],
)
@pytest.mark.parametrize("fit", FITS)
def test_impossible_histories_are_refused_in_a_sentence(
    fit: Any, x: Any, t_x: Any, T: Any, sentence: str
) -> None:
    with pytest.raises(ValueError, match=sentence):
        fit(x, t_x, T)


def test_predictions_and_spend_refuse_impossible_input_too() -> None:
    model = MbgNbd(0.52, 6.2, 0.9, 1.6, 0)
    with pytest.raises(ValueError, match="greater than T"):
        probability_alive(model, [1], [6], [5])
    with pytest.raises(ValueError, match="negative"):
        probability_of_purchase(model, [1], [3], [5], -1)
    with pytest.raises(ValueError, match="value above zero"):
        fit_gamma_gamma([0, 1], [10, 0])
    with pytest.raises(ValueError, match="as long as"):
        fit_mbg_nbd([1, 2], [1, 1], [5, 5], weights=[1])
