"""Association rules: of those who bought A, how many bought B, and how much more often than everybody.

R. Agrawal, T. Imielinski, A. Swami, Mining association rules between sets of items in large databases, SIGMOD 1993.
Lift is what S. Brin et al. call interest (Beyond market baskets, SIGMOD 1997): 1 means that A tells nothing of B.
"""

from dataclasses import dataclass
from math import ceil

import numpy as np
from scipy.sparse import csr_array

from sales.recommending.purchases import Floats, Ints, Matrix, Purchases

#: no rule rests on fewer customers: an average of fewer would tell of single ones
FEWEST_CUSTOMERS = 5
SUPPORT_OF_ALL = 0.0005
LOWEST_LIFT = 1.1
#: a kind of customers speaks for itself about a product that so many of them bought; else all customers do
LIKE_FROM = 30
RULES_PER_PRODUCT = 30
PEOPLE, ORGANISATIONS, ALL = 0, 1, 2


@dataclass(frozen=True, slots=True)
class Rules:
    """Who of `kind` bought product `bought` also bought `other` (places, not ids), sorted by kind and `bought`.

    support: customers who bought both; base: who bought the first; share = support / base; lift = share against that of
    all customers of the kind.
    """

    kind: Ints
    bought: Ints
    other: Ints
    support: Ints
    base: Ints
    share: Floats
    lift: Floats

    def __len__(self) -> int:
        return len(self.bought)

    def of_kind(self, kind: int) -> "Rules":
        return self.taken(self.kind == kind)

    def taken(self, which: Ints | np.ndarray) -> "Rules":
        return Rules(
            self.kind[which], self.bought[which], self.other[which], self.support[which], self.base[which],
            self.share[which], self.lift[which],
        )  # fmt: skip

    def weights(self, products: int) -> Matrix:
        """Products x products: what having bought one says for the other.

        The share, less where everybody buys the other: conditional probability with alpha = 1/2 of M. Deshpande and
        G. Karypis, Item-based top-N recommendation algorithms, ACM TOIS 22 (2004).
        """
        weight = np.sqrt(self.share * self.lift).astype(np.float32)
        return csr_array((weight, (self.bought, self.other)), shape=(products, products))


def least_support(customers: int) -> int:
    return max(FEWEST_CUSTOMERS, ceil(customers * SUPPORT_OF_ALL))


def rules(known: Purchases, *, sold: Ints | None = None) -> Rules:
    """Of people, of organisations and of all customers. `sold`: places of products that may be recommended."""
    matrix = known.matrix()
    parts = [matrix[np.flatnonzero(known.kind == kind)] for kind in (PEOPLE, ORGANISATIONS)]
    together = [part.T.tocsr() @ part for part in parts]
    counts = [*together, together[0] + together[1]]
    heads = [*(part.shape[0] for part in parts), matrix.shape[0]]
    found = [rules_of(kind, counts[kind], heads[kind], sold) for kind in (PEOPLE, ORGANISATIONS, ALL)]
    names = ("kind", "bought", "other", "support", "base", "share", "lift")
    return Rules(*(np.concatenate([getattr(part, name) for part in found]) for name in names))


def rules_of(kind: int, together: Matrix, customers: int, sold: Ints | None) -> Rules:
    base = np.rint(together.diagonal()).astype(np.int64)
    cells = together.tocoo()
    bought, other = cells.coords
    enough = (cells.data >= least_support(customers)) & (bought != other)
    if kind != ALL:
        enough &= base[bought] >= LIKE_FROM
    if sold is not None:
        enough &= np.isin(other, sold)
    bought, other = bought[enough].astype(np.int64), other[enough].astype(np.int64)
    support = np.rint(cells.data[enough]).astype(np.int64)
    share = support / base[bought]
    lift = share * customers / base[other]
    found = Rules(np.full(len(bought), kind), bought, other, support, base[bought], share, lift)
    return strongest(found.taken(lift >= LOWEST_LIFT))


def strongest(found: Rules) -> Rules:
    """For each product the rules with the largest share."""
    order = np.lexsort((found.other, -found.share, found.bought))
    found = found.taken(order)
    return found.taken(place_in_run(found.bought) < RULES_PER_PRODUCT)


def place_in_run(values: Ints) -> Ints:
    """0, 1, 2 ... within each run of equal values."""
    places = np.arange(len(values))
    begins = np.ones(len(values), dtype=bool)
    begins[1:] = values[1:] != values[:-1]
    return places - np.maximum.accumulate(np.where(begins, places, 0))
