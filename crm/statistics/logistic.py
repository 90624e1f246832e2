"""Logistic regression by Newton's method, small and exact: enough for a handful of features."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Logistic:
    """Coefficients for standardised features, with the means and scales that standardise them."""

    intercept: float
    coefficients: tuple[float, ...]
    means: tuple[float, ...]
    scales: tuple[float, ...]
    converged: bool

    def log_odds(self, features: ArrayLike) -> Floats:
        standard = (np.asarray(features, float) - np.array(self.means)) / np.array(self.scales)
        result: Floats = self.intercept + standard @ np.array(self.coefficients)
        return result

    def probability(self, features: ArrayLike) -> Floats:
        return sigmoid(self.log_odds(features))


def sigmoid(log_odds: ArrayLike) -> Floats:
    """1 / (1 + e^-z) without overflow."""
    z = np.asarray(log_odds, float)
    small = np.exp(-np.abs(z))
    result: Floats = np.where(z >= 0, 1 / (1 + small), small / (1 + small))
    return result


def fit_logistic(
    features: ArrayLike, outcome: ArrayLike, *, ridge: float = 1e-3, steps: int = 50
) -> Logistic:
    """Fit P(outcome) on features of shape (rows, columns).

    Features are standardised; `ridge` (on the coefficients, not the intercept) keeps separable data finite.
    ValueError if there is nothing to learn from: no rows, one outcome only, or values that are not finite.
    """
    X, y = np.asarray(features, float), np.asarray(outcome, float)
    if X.ndim != 2 or y.shape != X.shape[:1]:
        raise ValueError("features must be a table with one row for each outcome.")
    if not np.isfinite(X).all() or not np.isin(y, (0.0, 1.0)).all():
        raise ValueError("features must be finite and outcomes 0 or 1.")
    if not 0 < y.sum() < y.size:
        raise ValueError("Both outcomes must occur to learn what tells them apart.")
    means, scales = X.mean(axis=0), X.std(axis=0)
    scales = np.where(scales > 0, scales, 1.0)
    design = np.column_stack([np.ones(len(y)), (X - means) / scales])
    penalty = np.full(design.shape[1], ridge)
    penalty[0] = 0.0
    beta, converged = _newton(design, y, penalty, steps)
    return Logistic(
        float(beta[0]), tuple(beta[1:].tolist()), tuple(means.tolist()), tuple(scales.tolist()), converged
    )


def _newton(design: Floats, y: Floats, penalty: Floats, steps: int) -> tuple[Floats, bool]:
    beta = np.zeros(design.shape[1])
    beta[0] = np.log(y.mean() / (1 - y.mean()))
    best = _objective(design, y, penalty, beta)
    for _ in range(steps):
        p = sigmoid(design @ beta)
        gradient = design.T @ (y - p) - penalty * beta
        curvature = (design * (p * (1 - p))[:, None]).T @ design + np.diag(penalty + 1e-12)
        step = np.linalg.solve(curvature, gradient)
        value = _objective(design, y, penalty, beta + step)
        while value < best - 1e-12 * abs(best) and np.abs(step).max() > 1e-12:
            step /= 2
            value = _objective(design, y, penalty, beta + step)
        beta = beta + step
        if abs(value - best) <= 1e-12 * max(1.0, abs(best)):
            return beta, True
        best = value
    return beta, False


def _objective(design: Floats, y: Floats, penalty: Floats, beta: Floats) -> float:
    z = design @ beta
    return float(y @ z - np.logaddexp(0, z).sum() - 0.5 * penalty @ beta**2)
