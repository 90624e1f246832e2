"""Recency, Frequency, Monetary: scores, the 25 cells and the textbooks' 2 x 2. Pure: NumPy in, NumPy out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analytics.rfm_map import CELLS, GROUPS, QUADRANTS, RFM_MAP, check_map

__all__ = ["CELLS", "GROUPS", "QUADRANTS", "RFM_MAP", "Cuts", "Rfm", "check_map", "cut_points", "score"]

Floats = NDArray[np.float64]
Scores = NDArray[np.int16]

PERCENTILES = (0.2, 0.4, 0.6, 0.8)


@dataclass(frozen=True, slots=True)
class Cuts:
    """The four cut points of each measure, and the two limits of the 2 x 2."""

    recency: tuple[float, ...]
    frequency: tuple[float, ...]
    monetary: tuple[float, ...]
    quadrant_recency: float
    quadrant_frequency: float


@dataclass(frozen=True, slots=True)
class Rfm:
    """Scores 1 to 5 (5 is best), the codes of RFM groups (index into GROUPS) and of quadrants."""

    r: Scores
    f: Scores
    m: Scores
    fm: Scores
    group: Scores
    quadrant: Scores


def percentile_disc(values: ArrayLike, fractions: Sequence[float]) -> tuple[float, ...]:
    """PostgreSQL's percentile_disc: the first value whose cumulative share is at least the fraction."""
    array = np.asarray(values, dtype=np.float64)
    if not array.size:
        raise ValueError("There are no values to cut.")
    places = [max(int(np.ceil(fraction * array.size - 1e-9)) - 1, 0) for fraction in fractions]
    ordered = np.partition(array, sorted(set(places)))
    return tuple(float(ordered[place]) for place in places)


def cut_points(
    recency: Floats,
    frequency: Floats,
    monetary: Floats,
    *,
    quadrant_recency: float | None = None,
    quadrant_frequency: float | None = None,
) -> Cuts:
    """The cut points over all payers; the 2 x 2 is split at the medians unless limits are given."""
    return Cuts(
        percentile_disc(recency, PERCENTILES),
        percentile_disc(frequency, PERCENTILES),
        percentile_disc(monetary, PERCENTILES),
        percentile_disc(recency, (0.5,))[0] if quadrant_recency is None else quadrant_recency,
        percentile_disc(frequency, (0.5,))[0] if quadrant_frequency is None else quadrant_frequency,
    )


def rising_score(values: Floats, cuts: Sequence[float]) -> Scores:
    """1 + the number of cut points the value is greater than: equal values get equal scores."""
    return (1 + np.searchsorted(np.array(cuts), values, side="left")).astype(np.int16)


def falling_score(values: Floats, cuts: Sequence[float]) -> Scores:
    """1 + the number of cut points the value is less than."""
    return (1 + len(cuts) - np.searchsorted(np.array(cuts), values, side="right")).astype(np.int16)


def score(
    recency: Floats,
    frequency: Floats,
    monetary: Floats,
    cuts: Cuts,
    cells: Mapping[str, Sequence[str]] = RFM_MAP,
) -> Rfm:
    """Score payers. recency: days since the last purchase; frequency: purchase days; monetary: mean spend."""
    r = falling_score(recency, cuts.recency)
    f = rising_score(frequency, cuts.frequency)
    m = rising_score(monetary, cuts.monetary)
    fm = np.where(frequency <= 1, 1, (f + m + 1) // 2).astype(np.int16)
    near = recency <= cuts.quadrant_recency
    often = frequency > cuts.quadrant_frequency
    quadrant = (2 * near + often).astype(np.int16)
    return Rfm(r, f, m, fm, group_table(cells)[r, fm], quadrant)


def group_table(cells: Mapping[str, Sequence[str]]) -> Scores:
    """A 6 x 6 table of group codes by R and FM. ValueError unless the map covers all 25 cells exactly once."""
    check_map(cells)
    table = np.full((6, 6), -1, dtype=np.int16)
    for group, members in cells.items():
        for cell in members:
            table[int(cell[0]), int(cell[1])] = GROUPS.index(group)
    return table
