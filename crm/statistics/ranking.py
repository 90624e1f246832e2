"""How well a score ranks those with an outcome above those without."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]


def mid_ranks(values: Floats) -> Floats:
    """Ranks from 1; equal values share the mean of their ranks."""
    _, codes, counts = np.unique(values, return_inverse=True, return_counts=True)
    last = np.cumsum(counts)
    middle: Floats = last - (counts - 1) / 2
    return middle[codes]


def area_under_curve(score: ArrayLike, outcome: ArrayLike) -> float | None:
    """P(score of one with the outcome > score of one without), ties counting half; None if either group is empty."""
    area = area_with_error(score, outcome)
    return None if area is None else area[0]


def area_with_error(score: ArrayLike, outcome: ArrayLike) -> tuple[float, float] | None:
    """The area under the curve and its standard error after DeLong, DeLong and Clarke-Pearson (1988)."""
    values, came = np.asarray(score, dtype=np.float64), np.asarray(outcome, dtype=bool)
    if values.shape != came.shape:
        raise ValueError("score and outcome must be of equal length.")
    yes, no = int(came.sum()), int((~came).sum())
    if not yes or not no:
        return None
    ranks = mid_ranks(values)
    above = (ranks[came] - mid_ranks(values[came])) / no
    below = 1 - (ranks[~came] - mid_ranks(values[~came])) / yes
    variance = (above.var(ddof=1) / yes if yes > 1 else 0.0) + (below.var(ddof=1) / no if no > 1 else 0.0)
    return float(above.mean()), float(np.sqrt(variance))
