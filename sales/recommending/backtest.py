"""What would have been recommended before the last orders, and did the customers buy it?"""

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from sales.recommending.purchases import Ints, Purchases
from sales.recommending.rules import rules
from sales.recommending.scoring import CHUNK, picks, within

HELD_DAYS = 90
HELD_SHARE = 0.25
FEWEST_TESTED = 30
MOST_TESTED = 20_000
DEPTH = 5
#: among so many popular products there are enough that a customer has not bought
POPULAR = 200


@dataclass(frozen=True, slots=True)
class Hits:
    """Share of the customers for whom the first, or one of the first five, was bought in the held-out time."""

    at_1: float
    at_5: float


def held_from(known: Purchases) -> int:
    """The last 90 days are held out; of a short history its last quarter."""
    first, last = int(known.day.min()), int(known.day.max())
    return last + 1 - max(1, min(HELD_DAYS, int((last - first + 1) * HELD_SHARE)))


def backtest(known: Purchases, *, sold: Ints | None = None) -> dict[str, Any]:
    """Empty if too few customers bought something new in the held-out time."""
    if not len(known):
        return {}
    cutoff = held_from(known)
    before, after = known.chosen(known.day < cutoff), known.chosen(known.day >= cutoff)
    tested = np.intersect1d(before.row, after.row)
    if len(tested) < FEWEST_TESTED:
        return {}
    tested = tested[:: -(-len(tested) // MOST_TESTED)]
    wanted = np.sort(after.row * len(known.product) + after.column)
    found = picks(before, rules(before, sold=sold), best=DEPTH, rows=tested)
    return {
        "held_from": cutoff,
        "customers": len(tested),
        "covered": len(np.unique(found.row)),
        "ours": asdict(hits(found.row, found.rank, found.product, wanted, known, len(tested))),
        "popular": asdict(popular_hits(before, tested, wanted, sold, alike=False)),
        "popular_alike": asdict(popular_hits(before, tested, wanted, sold, alike=True)),
    }


def hits(row: Ints, rank: Ints, product: Ints, wanted: Ints, known: Purchases, tested: int) -> Hits:
    """Whoever got no recommendation counts as missed."""
    hit = within(wanted, row * len(known.product) + product)[1]
    return Hits(len(np.unique(row[hit & (rank == 1)])) / tested, len(np.unique(row[hit])) / tested)


def popular_hits(before: Purchases, tested: Ints, wanted: Ints, sold: Ints | None, *, alike: bool) -> Hits:
    """The baseline: what most customers bought (`alike`: most of the same kind), less what one has already."""
    matrix, found = before.matrix(), []
    for kind in (0, 1) if alike else (None,):
        columns = before.column if kind is None else before.column[before.kind[before.row] == kind]
        counts = np.bincount(columns, minlength=len(before.product))
        if sold is not None:
            counts[np.setdiff1d(np.arange(len(counts)), sold)] = 0
        order = np.argsort(-counts, kind="stable")[:POPULAR]
        order = order[counts[order] > 0]
        mine = tested if kind is None else tested[before.kind[tested] == kind]
        for at in range(0, len(mine), CHUNK):
            chunk = mine[at : at + CHUNK]
            free = matrix[chunk][:, order].toarray() == 0
            rank = np.cumsum(free, axis=1)
            rows, places = np.nonzero(free & (rank <= DEPTH))
            found.append((chunk[rows], rank[rows, places], order[places]))
    row, rank, product = (np.concatenate([part[place] for part in found]) for place in range(3))
    return hits(row, rank, product, wanted, before, len(tested))
