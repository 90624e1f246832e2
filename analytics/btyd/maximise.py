"""Maximum likelihood by L-BFGS with an analytic gradient, in the logarithms of positive parameters."""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import ArrayLike

from analytics.btyd.history import Floats

#: Parameters live between e^-15 and e^15 in scaled units: a flat likelihood stops there instead of running away.
BOUND = 15.0

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


def valid_start(start: ArrayLike | None, default: Sequence[float]) -> list[float]:
    """The given start if it is usable, else the default."""
    values = np.asarray(default if start is None else start, dtype=np.float64)
    usable = values.shape == (len(default),) and bool((np.isfinite(values) & (values > 0)).all())
    return values.tolist() if usable else list(default)
