"""Pareto/NBD. Schmittlein, Morrison and Colombo (1987); Fader and Hardie (2005), "A note on deriving the
Pareto/NBD model and related expressions"; the conditional probability of no purchase: Fader and Hardie (2014).

The two Gaussian hypergeometric functions of the published likelihood are a difference that cancels badly. What they
stand for is an integral over the unseen moment of leaving,

    I = int_{t_x}^{T} (alpha+u)^-(r+x) (beta+u)^-(s+1) du,

which is positive and, in v = log((c+u)/(c+t_x)) with c = min(alpha, beta), smooth and log-concave: Gauss-Legendre
nodes give it to about ten digits for either order of alpha and beta, and its gradient at the same nodes.
"""

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import gammaln, psi

from analytics.btyd.history import Floats, History, collapse
from analytics.btyd.maximise import maximise, valid_start
from analytics.btyd.models import ParetoNbd

NODES, NODE_WEIGHTS = np.polynomial.legendre.leggauss(32)
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
    history = collapse(x, t_x, T, weights)
    unit = float(history.T.values.max())
    scaled = history.scaled(unit)
    guess = valid_start(start, (1.0, unit / 3, 0.7, unit / 3))
    guess[1] /= unit
    guess[3] /= unit
    found = maximise(
        lambda parameters: log_likelihood(scaled, parameters), start=guess, size=float(history.weight.sum())
    )
    best, _ = log_likelihood(scaled, found)
    repeats = float(history.weight_by_x() @ history.x.values)
    r, alpha, s, beta = found.tolist()
    return ParetoNbd(r, alpha * unit, s, beta * unit, best - repeats * float(np.log(unit)))


def log_likelihood(history: History, parameters: Floats) -> tuple[float, Floats]:
    """The log-likelihood and its gradient with respect to (r, alpha, s, beta)."""
    r, alpha, s, beta = parameters.tolist()
    x = history.x.values[history.x.codes]
    t_x, T = history.t_x.values[history.t_x.codes], history.T.values[history.T.codes]
    w, by_x, n = history.weight, history.weight_by_x(), float(history.weight.sum())
    log_node, u = log_integrand(r, alpha, s, beta, x, t_x, T)
    log_alpha_u, log_beta_u = np.log(alpha + u), np.log(beta + u)
    log_left = np.log(s) + log_node
    log_alive = -(r + x) * np.log(alpha + T) - s * np.log(beta + T)
    top = np.maximum(log_alive, log_left.max(axis=1))
    alive = np.exp(log_alive - top)
    left = np.exp(log_left - top[:, None])
    total = alive + left.sum(axis=1)
    alive, left = alive / total, left / total[:, None]
    gone = left.sum(axis=1)

    constant = r * np.log(alpha) + s * np.log(beta) - gammaln(r)
    value = by_x @ gammaln(r + history.x.values) + n * constant + w @ (top + np.log(total))
    mean_log_alpha = (left * log_alpha_u).sum(axis=1) + alive * np.log(alpha + T)
    mean_log_beta = (left * log_beta_u).sum(axis=1) + alive * np.log(beta + T)
    per_alpha = (left / (alpha + u)).sum(axis=1) + alive / (alpha + T)
    per_beta = (s + 1) * (left / (beta + u)).sum(axis=1) + s * alive / (beta + T)
    d_r = by_x @ psi(r + history.x.values) + n * (np.log(alpha) - psi(r)) - w @ mean_log_alpha
    d_alpha = n * r / alpha - w @ ((r + x) * per_alpha)
    d_s = n * np.log(beta) + w @ (gone / s - mean_log_beta)
    d_beta = n * s / beta - w @ per_beta
    return float(value), np.array([d_r, d_alpha, d_s, d_beta])


def log_integrand(
    r: float | Floats,
    alpha: float | Floats,
    s: float,
    beta: float | Floats,
    x: Floats,
    t_x: Floats,
    T: Floats,
) -> tuple[Floats, Floats]:
    """Per row and node: the logarithm of the node's share of I, and the moment u it stands for."""
    c = np.minimum(alpha, beta)
    length = np.log1p((T - t_x) / (c + t_x))
    steepness = (r + x) * (c + t_x) / (alpha + t_x) + (s + 1) * (c + t_x) / (beta + t_x) - 1
    with np.errstate(divide="ignore"):
        length = np.where(steepness > 0, np.minimum(length, CUT / np.maximum(steepness, 1e-300)), length)
    v = length[:, None] * (NODES + 1) / 2
    y = np.broadcast_to(c + t_x, length.shape)[:, None] * np.exp(v)
    u = y - np.broadcast_to(c, length.shape)[:, None]
    alpha_u = np.broadcast_to(alpha, length.shape)[:, None] + u
    beta_u = np.broadcast_to(beta, length.shape)[:, None] + u
    with np.errstate(divide="ignore"):
        share = np.log(NODE_WEIGHTS / 2 * length[:, None])
    return share + np.log(y) - np.broadcast_to(r + x, length.shape)[:, None] * np.log(alpha_u) - (
        s + 1
    ) * np.log(beta_u), u


def log_integral(
    r: float | Floats,
    alpha: float | Floats,
    s: float,
    beta: float | Floats,
    x: Floats,
    t_x: Floats,
    T: Floats,
) -> Floats:
    """log I, row by row, in blocks that fit the processor's cache."""
    rows = np.broadcast_arrays(x, t_x, T, r, alpha, beta)
    result = np.empty(rows[0].size)
    for at in range(0, result.size, 8192):
        x_, t_x_, T_, r_, alpha_, beta_ = (row.reshape(-1)[at : at + 8192] for row in rows)
        log_node, _ = log_integrand(r_, alpha_, s, beta_, x_, t_x_, T_)
        top = log_node.max(axis=1)
        with np.errstate(invalid="ignore"):
            part = top + np.log(np.exp(log_node - top[:, None]).sum(axis=1))
        result[at : at + 8192] = np.where(np.isneginf(top), -np.inf, part)
    return result.reshape(rows[0].shape)


def probability_alive(model: ParetoNbd, x: Floats, t_x: Floats, T: Floats) -> Floats:
    log_left = np.log(model.s) + log_integral(model.r, model.alpha, model.s, model.beta, x, t_x, T)
    log_alive = -(model.r + x) * np.log(model.alpha + T) - model.s * np.log(model.beta + T)
    alive: Floats = np.exp(-np.logaddexp(0.0, log_left - log_alive))
    return alive


def probability_of_purchase(model: ParetoNbd, x: Floats, t_x: Floats, T: Floats, horizon: Floats) -> Floats:
    """1 - P(0 purchases in the horizon): given that one is alive, purchase and leaving start anew."""
    r, alpha, beta = model.r + x, model.alpha + T, model.beta + T
    zero = np.zeros_like(x)
    log_start = r * np.log(alpha) + model.s * np.log(beta)
    stays = log_start - r * np.log(alpha + horizon) - model.s * np.log(beta + horizon)
    leaves = log_start + np.log(model.s) + log_integral(r, alpha, model.s, beta, zero, zero, horizon)
    silent = np.exp(np.logaddexp(stays, leaves))
    buys: Floats = probability_alive(model, x, t_x, T) * np.clip(1 - silent, 0.0, 1.0)
    return buys


def expected_purchases(model: ParetoNbd, x: Floats, t_x: Floats, T: Floats, horizon: Floats) -> Floats:
    """P(alive) (r+x)(beta+T)/((alpha+T)(s-1)) (1 - ((beta+T)/(beta+T+t))^(s-1)), smooth through s = 1."""
    span = np.log1p(horizon / (model.beta + T))
    away = model.s - 1
    growth = span if abs(away) < 1e-9 else -np.expm1(-away * span) / away
    rate = (model.r + x) * (model.beta + T) / (model.alpha + T)
    return probability_alive(model, x, t_x, T) * rate * growth
