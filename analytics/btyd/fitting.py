"""Fitting a model of purchases to collapsed histories, with time scaled to the longest age."""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import ArrayLike

from analytics.btyd.history import Floats, History
from analytics.btyd.maximise import maximise, maximise_large, start_from

HistoryLikelihood = Callable[[History, Floats], tuple[float, Floats]]

#: The second and fourth parameter may be a time; of BG/NBD only the second is.
ALPHA, BETA = 1, 3


def fit_history(
    history: History,
    likelihood: HistoryLikelihood,
    *,
    start: ArrayLike | None,
    default: Sequence[float],
    times: Sequence[int],
    thin_above: int,
    thin_to: int,
) -> list[float]:
    """The four parameters and the log-likelihood, in the history's own time unit.

    default: where to start without `start`, with time in units of the longest age; times: places of the parameters
    that are times. Above `thin_above` rows, about `thin_to` of them give the curvature (`maximise_large`).
    """
    unit = float(history.T.values.max())
    units = np.ones(len(default))
    units[list(times)] = unit
    scaled, rows = history.scaled(unit), len(history.weight)
    begin = start_from(start, default, units)
    if rows > thin_above:
        thin = scaled.every(rows // thin_to)
        found = maximise_large(
            lambda at: likelihood(scaled, at),
            lambda at: likelihood(thin, at),
            start=begin,
            size=float(scaled.weight.sum()),
            thin_size=float(thin.weight.sum()),
        )
    else:
        size = float(scaled.weight.sum())
        found = maximise(lambda at: likelihood(scaled, at), start=begin.values, size=size)
    best, _ = likelihood(scaled, found)
    repeats = float(history.weight_by_x() @ history.x.values)
    return [*(found * units).tolist(), best - repeats * float(np.log(unit))]
