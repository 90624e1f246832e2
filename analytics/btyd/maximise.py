"""Maximum likelihood by L-BFGS with an analytic gradient, in the logarithms of positive parameters."""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import ArrayLike

from analytics.btyd.history import Floats

#: Parameters live between e^-15 and e^15 in scaled units: a flat likelihood stops there instead of running away.
BOUND = 15.0

#: A step that promises less log-likelihood than this is not taken.
SETTLED, NEWTON_STEPS = 1e-7, 12

Likelihood = Callable[[Floats], tuple[float, Floats]]


def maximise(
    likelihood: Likelihood, *, start: Sequence[float], size: float, precision: float = 1e-13
) -> Floats:
    """The parameters where `likelihood` is greatest.

    `likelihood` takes the positive parameters and returns the log-likelihood with its gradient with respect to
    them; `size` is the number of observations, which makes one tolerance right for ten rows and ten million.
    """
    from scipy.optimize import minimize  # 20 MB that only a worker needs

    def negative(log_parameters: Floats) -> tuple[float, Floats]:
        parameters = np.exp(log_parameters)
        value, gradient = likelihood(parameters)
        return -value / size, -gradient * parameters / size

    found = minimize(
        negative,
        np.clip(np.log(start), -BOUND, BOUND),
        jac=True,
        method="L-BFGS-B",
        bounds=[(-BOUND, BOUND)] * len(start),
        options={"maxiter": 500, "maxcor": 20, "ftol": precision, "gtol": precision**0.5},
    )
    return np.exp(np.asarray(found.x, dtype=np.float64))


def maximise_large(
    whole: Likelihood, thin: Likelihood, *, start: Sequence[float], size: float, thin_size: float
) -> Floats:
    """The maximum of `whole`, found by way of `thin`, the same likelihood of a small part of the customers.

    The part gives the neighbourhood of the optimum and its curvature, with which Newton's steps on the whole need
    three or four evaluations instead of thirty. Where they do not settle, L-BFGS goes on.
    """
    guess = maximise(thin, start=start, size=thin_size, precision=1e-11)
    place: Floats = np.log(guess)
    curvature = _curvature(thin, place) * (size / thin_size)
    value, slope = _in_logs(whole, place)
    for _ in range(NEWTON_STEPS):
        step = _newton_step(curvature, slope)
        if step is None:
            break
        if slope @ step < SETTLED:
            return np.exp(place)
        further, next_slope = _in_logs(whole, place + step)
        if not further >= value - SETTLED:
            break
        place = place + step
        value, slope = further, next_slope
    return maximise(whole, start=np.exp(place).tolist(), size=size)


def _in_logs(likelihood: Likelihood, place: Floats) -> tuple[float, Floats]:
    parameters = np.exp(place)
    value, gradient = likelihood(parameters)
    return value, gradient * parameters


def _curvature(likelihood: Likelihood, place: Floats, width: float = 1e-4) -> Floats:
    """Second derivatives by central differences of the gradient."""
    columns = []
    for shift in np.eye(len(place)) * width:
        (_, ahead), (_, behind) = _in_logs(likelihood, place + shift), _in_logs(likelihood, place - shift)
        columns.append((ahead - behind) / (2 * width))
    matrix: Floats = np.array(columns)
    return 0.5 * (matrix + matrix.T)


def _newton_step(curvature: Floats, slope: Floats) -> Floats | None:
    """The step uphill; None where the curvature is no hill or the step leaves its neighbourhood."""
    if np.linalg.eigvalsh(curvature)[-1] >= 0:
        return None
    step: Floats = np.asarray(np.linalg.solve(-curvature, slope), dtype=np.float64)
    return step if np.abs(step).max() < 1 else None


def valid_start(start: ArrayLike | None, default: Sequence[float]) -> list[float]:
    """The given start if it is usable, else the default."""
    values = np.asarray(default if start is None else start, dtype=np.float64)
    usable = values.shape == (len(default),) and bool((np.isfinite(values) & (values > 0)).all())
    return values.tolist() if usable else list(default)
