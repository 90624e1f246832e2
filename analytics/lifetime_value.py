"""Lifetime value: the net present value of what a payer is still expected to contribute, with an 80 % interval.

value = sum over months k of (expected purchases in month k) * (expected value) * (margin rate) / (1 + rate)^(k/12),
less the cost to serve. Purchases: MBG/NBD; value per purchase: Gamma-Gamma. Times in days. Pure.

What someone alive will buy depends on (x, T) alone and is smooth in log(alpha + T): it is computed at a few
Chebyshev nodes for each distinct x and interpolated to every payer.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import betaincinv, ndtr, ndtri

from analytics.btyd import GammaGamma, MbgNbd, expected_value
from analytics.btyd.beta_geometric import probability_alive, purchases_if_alive
from analytics.btyd.history import Floats, column

MONTH_DAYS = 365.25 / 12
NODES = 12
LEAVING_NODES = 48
LOW, HIGH = 0.1, 0.9


@dataclass(frozen=True, slots=True)
class Terms:
    """How the future is valued; all of it is shown beside every value."""

    months: int = 36
    yearly_rate: float = 0.10
    margin_rate: float = 1.0
    days_per_month: float = MONTH_DAYS

    @property
    def days(self) -> float:
        return self.months * self.days_per_month

    @property
    def discounts(self) -> Floats:
        """The present value of one unit at the end of each month."""
        return (1 + self.yearly_rate) ** (-np.arange(1, self.months + 1) / 12)


@dataclass(frozen=True, slots=True)
class Outlook:
    """Per payer: expected purchases and value over the terms, and a zero-inflated lognormal around the value."""

    purchases: Floats
    purchase_value: Floats
    value: Floats
    chance_of_any: Floats
    log_mean: Floats
    log_spread: Floats
    cost: Floats

    def quantile(self, level: float) -> Floats:
        """The value that is not exceeded with this probability."""
        none = 1 - self.chance_of_any
        with np.errstate(divide="ignore", invalid="ignore"):
            inner = np.clip((level - none) / self.chance_of_any, 0.0, 1.0)
            above = np.exp(self.log_mean + self.log_spread * ndtri(inner))
        return np.where(inner > 0, above, 0.0) - self.cost

    def pit_bounds(self, outcome: Floats) -> tuple[Floats, Floats]:
        """P(value < outcome) and P(value <= outcome), for the probability integral transform."""
        none = 1 - self.chance_of_any
        with np.errstate(divide="ignore"):
            inner = ndtr((np.log(outcome + self.cost) - self.log_mean) / np.maximum(self.log_spread, 1e-9))
        up_to = none + self.chance_of_any * np.where(outcome > 0, inner, 0.0)
        return np.where(outcome > 0, up_to, 0.0), up_to


def outlook(
    model: MbgNbd,
    spend: GammaGamma,
    x: Floats,
    t_x: Floats,
    T: Floats,
    m: Floats,
    terms: Terms,
    cost: Floats | float = 0.0,
) -> Outlook:
    """Value every payer. `cost` is the present cost to serve over the terms, taken off the value."""
    alive = probability_alive(model, x, t_x, T)
    count, discounted, pairs = (alive * table for table in future_if_alive(model, x, T, terms))
    each = finite_value(spend, x, m)
    unit = each * terms.margin_rate
    shrink = np.divide(discounted, count, out=np.ones_like(count), where=count > 0) * terms.margin_rate
    gross = discounted * unit
    any_chance = alive * -np.expm1((model.r + x) * -np.log1p(terms.days / (model.alpha + T)))
    any_chance = np.clip(any_chance, 1e-12, 1.0)
    shape = np.maximum(spend.q + spend.p * x - 2, 0.25)
    together = each**2 * (shape + 1) / shape  # E[Z Z'] of two purchases of the same payer
    second = shrink**2 * together * (count * (1 + 1 / spend.p) + pairs)
    mean_if_any, second_if_any = gross / any_chance, second / any_chance
    with np.errstate(divide="ignore", invalid="ignore"):
        spread2 = np.log(np.maximum(second_if_any / mean_if_any**2, 1 + 1e-9))
        log_mean = np.log(mean_if_any) - spread2 / 2
    costs = np.broadcast_to(np.asarray(cost, float), x.shape)
    return Outlook(count, each, gross - costs, any_chance, log_mean, np.sqrt(spread2), costs)


def finite_value(spend: GammaGamma, x: Floats, m: Floats) -> Floats:
    """The expected value per purchase; where everyone's mean does not exist, the mean of those who bought again."""
    each = expected_value(spend, x, m)
    endless = ~np.isfinite(each)
    if endless.any():
        known = m[(x > 0) & (m > 0)]
        each[endless] = known.mean() if known.size else 0.0
    return each


def future_if_alive(model: MbgNbd, x: Floats, T: Floats, terms: Terms) -> tuple[Floats, Floats, Floats]:
    """Of someone alive: expected purchases, the same discounted, and E[N (N - 1)], over the terms."""
    xs, Ts = column(x), column(T)
    grid = np.log(model.alpha + Ts.values)
    low, high = float(grid.min()), float(grid.max()) + 1e-9
    nodes = np.cos(np.pi * (np.arange(NODES) + 0.5) / NODES)
    T_nodes = np.exp((low + high) / 2 + nodes * (high - low) / 2) - model.alpha
    basis = np.polynomial.chebyshev.chebvander(2 * (grid - low) / (high - low) - 1, NODES - 1)
    to_values = np.linalg.solve(np.polynomial.chebyshev.chebvander(nodes, NODES - 1).T, basis.T)
    tables = _at_nodes(model, xs.values, np.maximum(T_nodes, 0.0), terms)
    if len(xs.values) * len(Ts.values) <= 20_000_000:
        return tuple((table @ to_values)[xs.codes, Ts.codes] for table in tables)  # type: ignore[return-value]
    rows = to_values.T[Ts.codes]
    return tuple((table[xs.codes] * rows).sum(axis=1) for table in tables)


def _at_nodes(model: MbgNbd, x: Floats, T: Floats, terms: Terms) -> tuple[Floats, Floats, Floats]:
    ends: Floats = np.arange(1, terms.months + 1, dtype=np.float64) * terms.days_per_month
    counts = purchases_if_alive(model, x[:, None, None], T[None, :, None], ends[None, None, :])
    by_month = np.diff(counts, axis=2, prepend=0.0)
    return counts[..., -1], by_month @ terms.discounts, _pairs_if_alive(model, x, T, terms.days)


def _pairs_if_alive(model: MbgNbd, x: Floats, T: Floats, days: float) -> Floats:
    """E[N (N - 1)] = E[2 (1-p)/p^2 (1 - e^-u (1 + u))] with u = lambda p t, over the posterior of lambda and p."""
    levels = (np.arange(LEAVING_NODES) + 0.5) / LEAVING_NODES
    p = np.maximum(betaincinv(model.a, model.b + x[:, None] + 1, levels), 1e-9)[:, None, :]
    k = (model.r + x)[:, None, None]
    w = p * (days / (model.alpha + T))[None, :, None]
    log_none = -k * np.log1p(w)
    done = -np.expm1(log_none) - k * w / (1 + w) * np.exp(log_none)
    early = w < 1e-4  # the difference cancels; its limit is k (k + 1) w^2 / 2
    pairs = 2 * (1 - p) / p**2 * np.where(early, k * (k + 1) * w**2 / 2, done)
    result: Floats = pairs.mean(axis=2)
    return result


def category_cuts(values: Floats) -> tuple[float, float, float]:
    """The smallest value in A, in B and in C: together 50, 80 and 95 % of the sum of the positive values."""
    ordered = np.sort(values[values > 0])[::-1]
    if not ordered.size:
        return np.inf, np.inf, np.inf
    before = np.cumsum(ordered) - ordered
    shares = before / (before[-1] + ordered[-1])
    last = [int(np.searchsorted(shares, share, side="left")) - 1 for share in (0.5, 0.8, 0.95)]
    return tuple(float(ordered[max(place, 0)]) for place in last)  # type: ignore[return-value]


def categories(values: Floats, cuts: tuple[float, float, float]) -> NDArray[np.int16]:
    """0 to 3 for A to D; a value that is not positive is D."""
    a, b, c = cuts
    code = np.select([values >= a, values >= b, values >= c], [0, 1, 2], default=3)
    return np.where(values > 0, code, 3).astype(np.int16)
