"""Pareto/NBD. Schmittlein, Morrison and Colombo (1987); Fader and Hardie (2005), "A note on deriving the
Pareto/NBD model and related expressions"; the conditional probability of no purchase: Fader and Hardie (2014).

The two Gaussian hypergeometric functions of the published likelihood are a difference that cancels badly. What they
stand for is an integral over the unseen moment of leaving,

    I = int_{t_x}^{T} (alpha+u)^-(r+x) (beta+u)^-(s+1) du,

which is positive and, in v = log((c+u)/(c+t_x)) with c = min(alpha, beta), smooth and log-concave: Gauss-Legendre
nodes give it to about ten digits for either order of alpha and beta, and its gradient at the same nodes.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import gammaln, psi

from analytics.btyd.fitting import ALPHA, BETA, fit_history
from analytics.btyd.history import Floats, History, collapse, distinct_rows, dot
from analytics.btyd.models import ParetoNbd

NODES_TO_FIT, NODES_TO_PREDICT, NODES_TO_PROVE = 16, 16, 32
#: Gauss-Legendre points and weights on (0, 1).
NODES = {
    count: ((points + 1) / 2, weights / 2)
    for count, (points, weights) in (
        (n, np.polynomial.legendre.leggauss(n)) for n in (NODES_TO_FIT, NODES_TO_PROVE)
    )
}
#: Rows at a time, so that their nodes fit the processor's cache.
BLOCK = 1024
#: Above this many rows a thinned history finds the neighbourhood of the optimum first.
THIN_ABOVE, THIN_TO = 6_000, 2_000
#: The integrand is cut where it has fallen by e^-36, below the last digit of a double.
CUT = 36.0


def fit_pareto_nbd(
    x: ArrayLike,
    t_x: ArrayLike,
    T: ArrayLike,
    weights: ArrayLike | None = None,
    *,
    start: ArrayLike | None = None,
) -> ParetoNbd:
    """Pareto/NBD by maximum likelihood.

    x, t_x, T: arrays of one length (repeat purchases, age at the last one, age now; one time unit of your choice);
    weights: customers per row; start: (r, alpha, s, beta) to start from. ValueError for impossible histories.
    """
    found = fit_history(
        collapse(x, t_x, T, weights),
        log_likelihood,
        start=start,
        default=(1.0, 1 / 3, 0.7, 1 / 3),
        times=(ALPHA, BETA),
        thin_above=THIN_ABOVE,
        thin_to=THIN_TO,
    )
    return ParetoNbd(*found)


def log_likelihood(history: History, parameters: Floats) -> tuple[float, Floats]:
    """The log-likelihood and its gradient with respect to (r, alpha, s, beta)."""
    r, alpha, s, beta = parameters.tolist()
    x = history.x.values[history.x.codes]
    t_x, T = history.t_x.values[history.t_x.codes], history.T.values[history.T.codes]
    w, by_x, n = history.weight, history.weight_by_x(), float(history.weight.sum())
    value, d_r, d_alpha, d_s, d_beta = 0.0, 0.0, 0.0, 0.0, 0.0
    for at in range(0, len(w), BLOCK):
        rows = slice(at, at + BLOCK)
        log_sum, mean = _seen(r, alpha, s, beta, x[rows], t_x[rows], T[rows])
        value += dot(w[rows], log_sum)
        d_r -= dot(w[rows], mean.log_alpha)
        d_alpha -= dot(w[rows] * (r + x[rows]), mean.per_alpha)
        d_s += dot(w[rows], (mean.gone / s - mean.log_beta))
        d_beta -= dot(w[rows], mean.per_beta)
    constant = n * float(r * np.log(alpha) + s * np.log(beta) - gammaln(r))
    value += dot(by_x, gammaln(r + history.x.values)) + constant
    d_r += dot(by_x, psi(r + history.x.values)) + n * float(np.log(alpha) - psi(r))
    gradient = np.array([d_r, d_alpha + n * r / alpha, d_s + n * np.log(beta), d_beta + n * s / beta])
    return float(value), gradient


@dataclass(frozen=True, slots=True)
class Means:
    """Posterior means over when a customer left, or that they have not: what the gradient is made of."""

    gone: Floats
    log_alpha: Floats
    log_beta: Floats
    per_alpha: Floats
    per_beta: Floats


def _seen(
    r: float, alpha: float, s: float, beta: float, x: Floats, t_x: Floats, T: Floats
) -> tuple[Floats, Means]:
    """log((alpha+T)^-(r+x) (beta+T)^-s + s I) of each row, and the means of its terms."""
    node = integrand(r, alpha, s, beta, x, t_x, T, NODES_TO_FIT)
    log_left = np.log(s) + node.log_share
    log_near_T, log_far_T = np.log(min(alpha, beta) + T), np.log(max(alpha, beta) + T)
    log_alpha_T, log_beta_T = (log_near_T, log_far_T) if alpha <= beta else (log_far_T, log_near_T)
    log_alive = -(r + x) * log_alpha_T - s * log_beta_T
    top = np.maximum(log_alive, log_left.max(axis=1))
    alive, left = np.exp(log_alive - top), np.exp(log_left - top[:, None])
    total = alive + left.sum(axis=1)
    alive, left = alive / total, left / total[:, None]
    near = np.einsum("ij,ij->i", left, node.log_near) + alive * log_near_T
    far = np.einsum("ij,ij->i", left, node.log_far) + alive * log_far_T
    per_near, per_far = (left / node.near).sum(axis=1), (left / node.far).sum(axis=1)
    per_alpha, per_beta = (per_near, per_far) if alpha <= beta else (per_far, per_near)
    log_alpha, log_beta = (near, far) if alpha <= beta else (far, near)
    return top + np.log(total), Means(
        left.sum(axis=1),
        log_alpha,
        log_beta,
        per_alpha + alive / (alpha + T),
        (s + 1) * per_beta + s * alive / (beta + T),
    )


@dataclass(frozen=True, slots=True)
class Integrand:
    """Per row and node: log of the node's share of I; c + u for the smaller and the larger of alpha and beta."""

    log_share: Floats
    near: Floats
    far: Floats
    log_near: Floats
    log_far: Floats


def integrand(
    r: float | Floats,
    alpha: float | Floats,
    s: float,
    beta: float | Floats,
    x: Floats,
    t_x: Floats,
    T: Floats,
    nodes: int,
) -> Integrand:
    points, weights = NODES[nodes]
    c, gap = np.minimum(alpha, beta) + t_x, np.abs(np.subtract(beta, alpha))
    at_alpha, at_beta = r + x, s + 1
    near_power = np.where(np.less_equal(alpha, beta), at_alpha, at_beta)
    far_power = at_alpha + at_beta - near_power
    steepness = near_power + far_power * c / (c + gap) - 1
    length = np.log1p((T - t_x) / c)
    length = np.where(steepness > 0, np.minimum(length, CUT / np.maximum(steepness, 1e-300)), length)
    v = length[:, None] * points
    near = c[:, None] * np.exp(v)
    far = near + (gap[:, None] if np.ndim(gap) else gap)
    log_near, log_far = np.log(c)[:, None] + v, np.log(far)
    with np.errstate(divide="ignore"):
        log_length = np.log(length)[:, None]
    log_share = np.log(weights) + log_length - (near_power - 1)[:, None] * log_near
    return Integrand(log_share - far_power[:, None] * log_far, near, far, log_near, log_far)


def log_integral(
    r: float | Floats,
    alpha: float | Floats,
    s: float,
    beta: float | Floats,
    x: Floats,
    t_x: Floats,
    T: Floats,
    nodes: int = NODES_TO_PREDICT,
) -> Floats:
    """log I, row by row, in blocks that fit the processor's cache."""
    rows = np.broadcast_arrays(x, t_x, T, r, alpha, beta)
    result = np.empty(rows[0].size)
    for at in range(0, result.size, BLOCK):
        x_, t_x_, T_, r_, alpha_, beta_ = (row.reshape(-1)[at : at + BLOCK] for row in rows)
        log_share = integrand(r_, alpha_, s, beta_, x_, t_x_, T_, nodes).log_share
        top = log_share.max(axis=1)
        with np.errstate(invalid="ignore"):
            part = top + np.log(np.exp(log_share - top[:, None]).sum(axis=1))
        result[at : at + BLOCK] = np.where(np.isneginf(top), -np.inf, part)
    return result.reshape(rows[0].shape)


def probability_alive(model: ParetoNbd, x: Floats, t_x: Floats, T: Floats) -> Floats:
    log_left = np.log(model.s) + log_integral(model.r, model.alpha, model.s, model.beta, x, t_x, T)
    log_alive = -(model.r + x) * np.log(model.alpha + T) - model.s * np.log(model.beta + T)
    alive: Floats = np.exp(-np.logaddexp(0.0, log_left - log_alive))
    return alive


def probability_of_purchase(model: ParetoNbd, x: Floats, t_x: Floats, T: Floats, horizon: Floats) -> Floats:
    """1 - P(0 purchases in the horizon): given that one is alive, purchase and leaving start anew."""
    buys: Floats = probability_alive(model, x, t_x, T) * _buys_if_alive(model, x, T, horizon)
    return buys


def _buys_if_alive(model: ParetoNbd, x: Floats, T: Floats, horizon: Floats) -> Floats:
    """It depends on how often and how long, not on when last: many customers share it, so it is found once for each."""
    known, place = distinct_rows(x, T, horizon)
    x, T, horizon = known
    r, alpha, beta = model.r + x, model.alpha + T, model.beta + T
    zero = np.zeros_like(x)
    log_start = r * np.log(alpha) + model.s * np.log(beta)
    stays = log_start - r * np.log(alpha + horizon) - model.s * np.log(beta + horizon)
    leaves = log_start + np.log(model.s) + log_integral(r, alpha, model.s, beta, zero, zero, horizon)
    buys: Floats = np.clip(1 - np.exp(np.logaddexp(stays, leaves)), 0.0, 1.0)
    return buys[place]


def expected_purchases(model: ParetoNbd, x: Floats, t_x: Floats, T: Floats, horizon: Floats) -> Floats:
    """P(alive) (r+x)(beta+T)/((alpha+T)(s-1)) (1 - ((beta+T)/(beta+T+t))^(s-1)), smooth through s = 1."""
    span = np.log1p(horizon / (model.beta + T))
    away = model.s - 1
    growth = span if abs(away) < 1e-9 else -np.expm1(-away * span) / away
    rate = (model.r + x) * (model.beta + T) / (model.alpha + T)
    return probability_alive(model, x, t_x, T) * rate * growth
