"""BG/NBD and MBG/NBD, which differ in one thing: whether a customer can leave right after the first purchase.

With e = 0 for BG/NBD and e = 1 for MBG/NBD both likelihoods are

    G(r+x) alpha^r / G(r) * B(a, b+x+e) / B(a, b) * (alpha+T)^-(r+x) * (1 + d e^z),
    e^z = a / (b+x+e-1) * ((alpha+T) / (alpha+t_x))^(r+x),   d = 1 where the customer may have left, else 0,

and P(alive) = 1 / (1 + d e^z). Fader, Hardie and Lee (2005), "Counting your customers the easy way"; Batislam,
Denizel and Filiztekin (2007), "Empirical validation and comparison of models for customer base analysis";
Wagner and Hoppe (2008), "Erratum on the MBG/NBD model".
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import betaln, expit, gammaln, polygamma, psi

from analytics.btyd.fitting import ALPHA, fit_history
from analytics.btyd.history import Floats, History, collapse, dot
from analytics.btyd.models import BgNbd, MbgNbd

#: Above this many rows a thinned history finds the neighbourhood of the optimum first.
THIN_ABOVE = 15_000
THIN_TO = 6_000
#: Enough for horizons of a thousand times a customer's age.
MOST_TERMS = 50_000
#: From here on the chance of leaving is nearly the same for all.
LARGE_A = 20.0
LEAVING_NODES, LEAVING_WEIGHTS = np.polynomial.legendre.leggauss(96)
REACH = 12.0
BLOCK = 8192
LONGEST_SUM = 100_000


def fit_bg_nbd(
    x: ArrayLike,
    t_x: ArrayLike,
    T: ArrayLike,
    weights: ArrayLike | None = None,
    *,
    start: ArrayLike | None = None,
) -> BgNbd:
    """BG/NBD by maximum likelihood.

    x, t_x, T: arrays of one length (repeat purchases, age at the last one, age now; one time unit of your choice);
    weights: customers per row; start: (r, alpha, a, b) to start from. ValueError for impossible histories.
    """
    return BgNbd(*_fit(x, t_x, T, weights, start, edge=0))


def fit_mbg_nbd(
    x: ArrayLike,
    t_x: ArrayLike,
    T: ArrayLike,
    weights: ArrayLike | None = None,
    *,
    start: ArrayLike | None = None,
) -> MbgNbd:
    """MBG/NBD by maximum likelihood; arguments and errors as in `fit_bg_nbd`."""
    return MbgNbd(*_fit(x, t_x, T, weights, start, edge=1))


def _fit(
    x: ArrayLike,
    t_x: ArrayLike,
    T: ArrayLike,
    weights: ArrayLike | None,
    start: ArrayLike | None,
    *,
    edge: int,
) -> tuple[float, float, float, float, float]:
    r, alpha, a, b, best = fit_history(
        collapse(x, t_x, T, weights),
        lambda history, at: log_likelihood(history, at, edge),
        start=start,
        default=(1.0, 0.25, 1.0, 2.0),
        times=(ALPHA,),
        thin_above=THIN_ABOVE,
        thin_to=THIN_TO,
    )
    return r, alpha, a, b, best


def log_likelihood(history: History, parameters: Floats, edge: int) -> tuple[float, Floats]:
    """The log-likelihood and its gradient with respect to (r, alpha, a, b)."""
    r, alpha, a, b = parameters.tolist()
    x, w = history.x.values, history.weight
    by_x = history.weight_by_x()
    n = float(w.sum())
    log_now, log_last = np.log(alpha + history.T.values), np.log(alpha + history.t_x.values)
    may_leave = (x > 0) | bool(edge)
    offset = np.where(may_leave, np.log(a) - np.log(np.where(may_leave, b + x + edge - 1, 1.0)), -np.inf)
    buys = (r + x)[history.x.codes]
    now = log_now[history.T.codes]
    since = now - log_last[history.t_x.codes]
    z = offset[history.x.codes] + buys * since
    gone = expit(z)
    weighted_gone = w * gone
    stays = staying(a, b, x + edge)
    value = dot(by_x, gammaln(r + x) - gammaln(r) + stays.log) + n * r * np.log(alpha)
    value += dot(w, np.logaddexp(0.0, z) - buys * now)

    gone_by_x = np.bincount(history.x.codes, weights=weighted_gone, minlength=len(x))
    left = np.where(may_leave, gone_by_x / np.where(may_leave, b + x + edge - 1, 1.0), 0.0)
    d_r = dot(by_x, psi(r + x)) + n * (np.log(alpha) - psi(r)) - dot(w, now) + dot(weighted_gone, since)
    slope = (1 - gone) / (alpha + history.T.values)[history.T.codes]
    slope += gone / (alpha + history.t_x.values)[history.t_x.codes]
    d_alpha = n * r / alpha - dot(w * buys, slope)
    d_a = dot(by_x, stays.by_a) + gone_by_x.sum() / a
    d_b = dot(by_x, stays.by_b) - left.sum()
    return float(value), np.array([d_r, d_alpha, d_a, d_b])


@dataclass(frozen=True, slots=True)
class Staying:
    """ln B(a, b+k) / B(a, b), the chance of staying k times, and its derivatives."""

    log: Floats
    by_a: Floats
    by_b: Floats


def staying(a: float, b: float, k: Floats) -> Staying:
    """Of whole numbers as sums: two large logarithms of B lose all digits of their difference."""
    most = float(k.max())
    if most > LONGEST_SUM or (k != np.floor(k)).any():
        both = psi(a + b) - psi(a + b + k)
        return Staying(betaln(a, b + k) - betaln(a, b), both, both + psi(b + k) - psi(b))
    each = np.arange(most)
    terms = np.stack([np.log1p(-a / (a + b + each)), -1 / (a + b + each), a / ((b + each) * (a + b + each))])
    sums = np.concatenate([np.zeros((3, 1)), np.cumsum(terms, axis=1)], axis=1)[:, k.astype(np.intp)]
    return Staying(*sums)


def probability_alive(model: BgNbd | MbgNbd, x: Floats, t_x: Floats, T: Floats) -> Floats:
    edge = _edge(model)
    may_leave = (x > 0) | bool(edge)
    last = np.where(may_leave, model.b + x + edge - 1, 1.0)
    z = np.log(model.a / last) + (model.r + x) * np.log((model.alpha + T) / (model.alpha + t_x))
    return np.where(may_leave, expit(-z), 1.0)


def probability_of_purchase(
    model: BgNbd | MbgNbd, x: Floats, t_x: Floats, T: Floats, horizon: Floats
) -> Floats:
    """P(alive) times the chance that someone alive buys within the horizon."""
    silent = (model.r + x) * -np.log1p(horizon / (model.alpha + T))
    return probability_alive(model, x, t_x, T) * -np.expm1(silent)


def expected_purchases(model: BgNbd | MbgNbd, x: Floats, t_x: Floats, T: Floats, horizon: Floats) -> Floats:
    return probability_alive(model, x, t_x, T) * purchases_if_alive(model, x, T, horizon)


def purchases_if_alive(model: BgNbd | MbgNbd, x: Floats, T: Floats, horizon: Floats) -> Floats:
    """Expected purchases of someone alive.

    The closed form after Euler's transformation of its 2F1: with c = a+b+x+e-1 and q = (alpha+T)/(alpha+T+t) it is
    c/(a-1) * (1 - q^(a-1) 2F1(c-r-x, a-1; c; 1-q)); the published 2F1(r+x, b+x+e; c; 1-q) q^(r+x) hardly converges
    for heavy buyers. Where everybody leaves alike (a is large) both overflow, and the mean over p is integrated.
    """
    if model.a > LARGE_A:
        return _integrated_over_leaving(model, x, T, horizon)
    a = model.a if abs(model.a - 1) > 1e-6 else 1 + 1e-6  # the limit at a = 1 is smooth, the quotient is not
    c = a + model.b + x + _edge(model) - 1
    c = np.where(np.abs(c) < 1e-6, 1e-6, c)
    z = horizon / (model.alpha + T + horizon)
    log_power = (a - 1) * np.log1p(-z)
    series = gauss_series(c - model.r - x, a - 1, c, z)
    return np.maximum(c / (a - 1) * (1 - np.exp(log_power) * series), 0.0)


def _integrated_over_leaving(model: BgNbd | MbgNbd, x: Floats, T: Floats, horizon: Floats) -> Floats:
    """The mean of (1 - (1 + p t / (alpha+T))^-(r+x)) / p over p ~ Beta(a, b+x+e), in the logit of p."""
    rows = np.broadcast_arrays(x, T, horizon)
    result = np.empty(rows[0].size)
    for at in range(0, result.size, BLOCK):
        x_, T_, t_ = (row.reshape(-1)[at : at + BLOCK, None] for row in rows)
        a, b, k = model.a, model.b + x_ + _edge(model), model.r + x_
        centre, spread = psi(a) - psi(b), np.sqrt(polygamma(1, a) + polygamma(1, b))
        v = centre + REACH * spread * LEAVING_NODES
        log_p, log_stay = -np.logaddexp(0, -v), -np.logaddexp(0, v)
        weight = LEAVING_WEIGHTS * np.exp(a * log_p + b * log_stay - betaln(a, b))
        mean = -np.expm1(-k * np.log1p(np.exp(log_p) * t_ / (model.alpha + T_))) / np.exp(log_p)
        result[at : at + BLOCK] = (weight * mean).sum(axis=1) / weight.sum(axis=1)
    return result.reshape(rows[0].shape)


def gauss_series(A: Floats, B: float, c: Floats, z: Floats) -> Floats:
    """2F1(A, B; c; z) for 0 <= z < 1 by its power series; rows that have converged drop out of the loop.

    SciPy's hyp2f1 answers infinity for harmless arguments such as (-.5, -.5; 99; .9), so it is not used.
    """
    A, c, z = np.broadcast_arrays(A, c, z)
    shape = z.shape
    result = np.ones(z.size)
    left, A, c, z = np.arange(z.size), A.reshape(-1), c.reshape(-1), z.reshape(-1)
    term, total = np.ones(left.size), np.ones(left.size)
    for n in range(MOST_TERMS):
        term *= (A + n) * (B + n) / ((c + n) * (n + 1)) * z
        total += term
        if n % 8 == 7:
            open_rows = np.abs(term) * z > 1e-14 * np.abs(total) * (1 - z)
            if not open_rows.all():
                result[left[~open_rows]] = total[~open_rows]
                left, A, c, z = left[open_rows], A[open_rows], c[open_rows], z[open_rows]
                term, total = term[open_rows], total[open_rows]
        if not left.size:
            break
    result[left] = total + term * z / (1 - z)
    return result.reshape(shape)


def _edge(model: BgNbd | MbgNbd) -> int:
    return 1 if isinstance(model, MbgNbd) else 0
