"""Whether predicted probabilities and distributions mean what they say."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class CalibrationBin:
    """One tenth of the customers, by prediction: how many, what was predicted, what came."""

    count: int
    predicted: float
    observed: float


def brier_score(probability: ArrayLike, outcome: ArrayLike) -> float:
    """The mean squared distance between probability and outcome: 0 is perfect, lower is better."""
    return float(np.mean((np.asarray(probability, float) - np.asarray(outcome, float)) ** 2))


def log_loss(probability: ArrayLike, outcome: ArrayLike) -> float:
    """The mean of -ln of the probability that was given to what came; probabilities lie strictly between 0 and 1."""
    p, y = np.asarray(probability, float), np.asarray(outcome, float)
    return float(-np.mean(np.where(y == 1, np.log(p), np.log1p(-p))))


def calibration(predicted: ArrayLike, observed: ArrayLike, bins: int = 10) -> list[CalibrationBin]:
    """Equal groups ordered by prediction, each with its mean prediction and mean outcome."""
    forecast, truth = np.asarray(predicted, float), np.asarray(observed, float)
    if forecast.shape != truth.shape:
        raise ValueError("predicted and observed must be of equal length.")
    groups = np.array_split(np.argsort(forecast, kind="stable"), min(bins, max(forecast.size, 1)))
    return [
        CalibrationBin(len(group), float(forecast[group].mean()), float(truth[group].mean()))
        for group in groups
        if len(group)
    ]


def randomised_pit(below: ArrayLike, at_or_below: ArrayLike, *, seed: int = 0) -> Floats:
    """The probability integral transform of discrete outcomes: uniform if the predictive distribution is right.

    below: P(Y < y), at_or_below: P(Y <= y) for the y that came; a point mass is spread evenly (Smith 1985).
    """
    low, high = np.asarray(below, float), np.asarray(at_or_below, float)
    spread = np.random.default_rng(seed).random(low.shape)
    result: Floats = low + spread * (high - low)
    return result


def pit_share(pit: Floats, low: float = 0.1, high: float = 0.9) -> float:
    """The share of outcomes inside the central interval; `high - low` if the distribution is right."""
    return float(np.mean((pit >= low) & (pit <= high)))
