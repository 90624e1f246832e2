"""Gamma-Gamma: how much a purchase brings. Fader, Hardie and Lee (2005), "RFM and CLV: using iso-value curves"."""

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import gammaln, psi

from analytics.btyd.history import Codes, Floats, checked, dot
from analytics.btyd.maximise import Start, maximise, maximise_large, start_from
from analytics.btyd.models import GammaGamma

#: Above this many rows a thinned part gives the neighbourhood of the optimum and its curvature.
THIN_ABOVE, THIN_TO = 30_000, 8_000


def fit_gamma_gamma(x: ArrayLike, m: ArrayLike, *, start: ArrayLike | None = None) -> GammaGamma:
    """Gamma-Gamma by maximum likelihood.

    x: repeat purchases, m: mean value of those purchases (arrays of one length; rows without repeats or with a
    mean of zero say nothing and are left out); start: (p, q, gamma) to start from. ValueError if nothing is left.
    """
    x_, m_ = (np.atleast_1d(array) for array in checked(x=x, m=m))
    tells = (x_ > 0) & (m_ > 0)
    x_, m_ = x_[tells], m_[tells]
    if not x_.size:
        raise ValueError("No customer has repeat purchases with a value above zero.")
    unit = float(np.mean(m_))
    units = np.array([1.0, 1.0, unit])
    begin = start_from(start, (2.0, 2.0, 1.0), units)
    distinct, codes = np.unique(x_, return_inverse=True)
    scaled = m_ / unit
    found = _maximum(distinct, codes, scaled, begin)
    best, _ = log_likelihood(distinct, codes, scaled, found)
    p, q, gamma = (found * units).tolist()
    return GammaGamma(p, q, gamma, best - x_.size * float(np.log(unit)))


def _maximum(distinct: Floats, codes: Codes, m: Floats, start: Start) -> Floats:
    if m.size <= THIN_ABOVE:
        return maximise(
            lambda at: log_likelihood(distinct, codes, m, at), start=start.values, size=float(m.size)
        )
    thin_codes, thin_m = codes[:: m.size // THIN_TO], m[:: m.size // THIN_TO]
    return maximise_large(
        lambda at: log_likelihood(distinct, codes, m, at),
        lambda at: log_likelihood(distinct, thin_codes, thin_m, at),
        start=start,
        size=float(m.size),
        thin_size=float(thin_m.size),
    )


def log_likelihood(distinct: Floats, codes: Codes, m: Floats, parameters: Floats) -> tuple[float, Floats]:
    """The log-likelihood and its gradient with respect to (p, q, gamma); x stands as distinct values and codes."""
    p, q, gamma = parameters.tolist()
    count = np.bincount(codes, minlength=len(distinct)).astype(np.float64)
    n = count.sum()
    x = distinct[codes]
    total = gamma + x * m
    log_total, log_m = np.log(total), np.log(m)
    shape = p * distinct
    value = count @ (gammaln(shape + q) - gammaln(shape) + shape * np.log(distinct))
    value += n * (q * np.log(gamma) - gammaln(q))
    value += dot(p * x - 1, log_m) - dot(p * x + q, log_total)
    d_p = (count * distinct) @ (psi(shape + q) - psi(shape) + np.log(distinct)) + dot(x, log_m - log_total)
    d_q = count @ psi(shape + q) + n * (np.log(gamma) - psi(q)) - log_total.sum()
    d_gamma = n * q / gamma - ((p * x + q) / total).sum()
    return float(value), np.array([d_p, d_q, d_gamma])


def expected_value(gamma_gamma: GammaGamma, x: ArrayLike, m: ArrayLike) -> Floats:
    """The expected value of a future purchase given x repeat purchases with the mean value m.

    Without repeats it is the mean of everyone; where that mean does not exist (q <= 1 and x = 0), infinity.
    """
    x_, m_ = checked(x=x, m=m)
    weight = gamma_gamma.p * x_ + gamma_gamma.q - 1
    with np.errstate(divide="ignore"):
        value = gamma_gamma.p * (gamma_gamma.gamma + x_ * m_) / weight
    return np.where(weight > 0, value, np.inf)
