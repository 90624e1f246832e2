"""Maximum likelihood by L-BFGS with an analytic gradient, in the logarithms of positive parameters."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from analytics.btyd.history import Floats

#: Parameters live between e^-15 and e^15 in scaled units: a flat likelihood stops there instead of running away.
BOUND = 15.0

#: A step that promises less log-likelihood than this is not taken: a hundredth of a standard error.
SETTLED, NEWTON_STEPS, LONGEST_STEP = 1e-4, 12, 1.5

Likelihood = Callable[[Floats], tuple[float, Floats]]


@dataclass(frozen=True, slots=True)
class Start:
    """Where to start; `is_known` when it was given, as yesterday's parameters are."""

    values: list[float]
    is_known: bool


def start_from(start: ArrayLike | None, default: Sequence[float], units: Floats) -> Start:
    """The given start in these units if it is usable, else the default, which is in them already."""
    values = np.asarray(default if start is None else start, dtype=np.float64)
    usable = values.shape == (len(default),) and bool((np.isfinite(values) & (values > 0)).all())
    if start is None or not usable:
        return Start(list(default), is_known=False)
    return Start((values / units).tolist(), is_known=True)


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
    whole: Likelihood, thin: Likelihood, *, start: Start, size: float, thin_size: float
) -> Floats:
    """The maximum of `whole`, with the curvature of `thin`, the same likelihood of a small part of the customers.

    Newton's steps on the whole need one to four evaluations instead of thirty: from yesterday's parameters where
    they are known, else from the optimum of the part. Where they do not settle, L-BFGS goes on.
    """
    share = thin_size / size
    found = _by_newton(whole, thin, start.values, share) if start.is_known else None
    if found is None:
        guess = maximise(thin, start=start.values, size=thin_size, precision=1e-11).tolist()
        found = _by_newton(whole, thin, guess, share)
    return maximise(whole, start=guess, size=size) if found is None else found


def _by_newton(whole: Likelihood, thin: Likelihood, guess: Sequence[float], share: float) -> Floats | None:
    """Newton's steps with a fixed curvature; None where they leave their neighbourhood or do not settle."""
    place: Floats = np.clip(np.log(guess), -BOUND, BOUND)
    curvature = _curvature(thin, place) / share
    value, slope = _in_logs(whole, place)
    for _ in range(NEWTON_STEPS):
        step = _newton_step(curvature, slope, place)
        if step is None:
            return None
        if slope @ step < SETTLED:
            return np.exp(place)
        place = _within_bounds(place, step)
        before = value
        value, slope = _in_logs(whole, place)
        if not value >= before - SETTLED:
            return None
    return None


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


def _within_bounds(place: Floats, step: Floats) -> Floats:
    """As far along the step as the first bound: to turn there would leave a ridge that runs towards it."""
    room = np.where(step > 0, BOUND - place, BOUND + place)
    moves = step != 0
    share = min(1.0, float((room[moves] / np.abs(step[moves])).min())) if moves.any() else 1.0
    return np.clip(place + share * step, -BOUND, BOUND)


def _newton_step(curvature: Floats, slope: Floats, place: Floats) -> Floats | None:
    """The step uphill, in which parameters that would cross their bound rest; None where there is no hill."""
    if np.linalg.eigvalsh(curvature)[-1] >= 0:
        return None
    free, step = np.ones(len(place), dtype=bool), np.zeros_like(place)
    while free.any():
        step[:] = 0.0
        step[free] = np.linalg.solve(-curvature[np.ix_(free, free)], slope[free])
        crossing = (np.abs(place) >= BOUND - 1e-9) & (step * place > 0)
        if not crossing.any():
            return step if np.abs(step).max() < LONGEST_STEP else None
        free &= ~crossing
    return np.zeros_like(place)
