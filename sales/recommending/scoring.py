"""The best products for each customer among those they have not bought, each with the purchase that explains it."""

from dataclasses import dataclass

import numpy as np

from sales.recommending.purchases import Floats, Ints, Matrix, Purchases
from sales.recommending.rules import ALL, ORGANISATIONS, PEOPLE, Rules, place_in_run

#: customers at a time: what they may be offered fits into some tens of megabytes
CHUNK = 8_192
#: bits of a product's place, and of a score, in a key that sorts
PRODUCT_BITS, SCORE_BITS = 22, 24


@dataclass(frozen=True, slots=True)
class Picks:
    """One row per customer and recommended product, best first; places, not ids. `rule` explains it."""

    row: Ints
    rank: Ints
    product: Ints
    rule: Ints

    def __len__(self) -> int:
        return len(self.row)


def picks(known: Purchases, learnt: Rules, *, best: int, rows: Ints | None = None) -> Picks:
    """The `best` products of every customer (of `rows`): the sum of what their purchases say for each (Rules.weights).

    Whatever a customer bought already is left out: buying it again is not cross-selling.
    """
    matrix, products = known.matrix(), len(known.product)
    wanted = np.arange(len(known.customer)) if rows is None else rows
    found = []
    for kind in (PEOPLE, ORGANISATIONS):
        used = for_kind(learnt, kind, products)
        weights = learnt.taken(used).weights(products)
        mine = wanted[known.kind[wanted] == kind]
        for at in range(0, len(mine), CHUNK):
            chunk = mine[at : at + CHUNK]
            found.append(chunk_picks(matrix[chunk], weights, learnt, used, best, chunk))
    names = ("row", "rank", "product", "rule")
    if not found:
        return Picks(*(np.empty(0, dtype=np.int64) for _ in names))
    return Picks(*(np.concatenate([getattr(part, name) for part in found]) for name in names))


def for_kind(learnt: Rules, kind: int, products: int) -> Ints:
    """Places of the rules that hold for customers of a kind: their own, else all customers'."""
    speaks = np.zeros(products, dtype=bool)
    speaks[learnt.bought[learnt.kind == kind]] = True
    others = (learnt.kind == ALL) & ~speaks[learnt.bought]
    return np.flatnonzero((learnt.kind == kind) | others)


def chunk_picks(bought: Matrix, weights: Matrix, learnt: Rules, used: Ints, best: int, rows: Ints) -> Picks:
    scores = (bought @ weights).tocoo()
    (row, product), score = scores.coords, scores.data
    fresh = ~known_pairs(bought, row, product, weights.shape[0])
    row, product, score = row[fresh].astype(np.int64), product[fresh].astype(np.int64), score[fresh]
    row, product = best_of(row, product, score, best)
    rule, explained = reasons(bought, row, product, learnt, used, weights.shape[0])
    row, product, rule = row[explained], product[explained], rule[explained]
    return Picks(rows[row], place_in_run(row) + 1, product, rule)


def known_pairs(bought: Matrix, row: Ints, product: Ints, products: int) -> np.ndarray:
    held = bought.tocoo()
    keys = np.sort(held.coords[0].astype(np.int64) * products + held.coords[1])
    return within(keys, row.astype(np.int64) * products + product)[1]


def within(keys: Ints, wanted: Ints) -> tuple[Ints, np.ndarray]:
    """Where each of `wanted` stands in the sorted keys, and whether it does."""
    if not len(keys):
        return np.zeros(len(wanted), dtype=np.int64), np.zeros(len(wanted), dtype=bool)
    place = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    return place, keys[place] == wanted


def best_of(row: Ints, product: Ints, score: Floats, best: int) -> tuple[Ints, Ints]:
    """The products of the highest scores, row by row: one sort of keys made of row, score and product."""
    top = float(score.max()) if len(score) else 1.0
    low = ((1 - score / top) * (2**SCORE_BITS - 1)).astype(np.int64)
    keys = np.sort((row << (SCORE_BITS + PRODUCT_BITS)) | (low << PRODUCT_BITS) | product)
    row = keys >> (SCORE_BITS + PRODUCT_BITS)
    kept = place_in_run(row) < best
    return row[kept], keys[kept] & (2**PRODUCT_BITS - 1)


def reasons(
    bought: Matrix, row: Ints, product: Ints, learnt: Rules, used: Ints, products: int
) -> tuple[Ints, np.ndarray]:
    """For each pair the rule with the largest share among those that begin with a purchase of the customer."""
    lengths = np.diff(bought.indptr)[row]
    pair = np.repeat(np.arange(len(row)), lengths)
    starts = np.repeat(bought.indptr[row], lengths)
    first = bought.indices[starts + place_in_run(pair)].astype(np.int64)
    order = np.argsort(learnt.bought[used] * products + learnt.other[used])
    keys = (learnt.bought[used] * products + learnt.other[used])[order]
    place, is_rule = within(keys, first * products + product[pair])
    pair, rule = pair[is_rule], used[order[place[is_rule]]]
    sequence = np.lexsort((rule, -learnt.share[rule], pair))
    pair, rule = pair[sequence], rule[sequence]
    begins = place_in_run(pair) == 0
    chosen = np.zeros(len(row), dtype=np.int64)
    explained = np.zeros(len(row), dtype=bool)
    chosen[pair[begins]], explained[pair[begins]] = rule[begins], True
    return chosen, explained
