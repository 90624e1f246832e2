"""Who bought what, and since when: one row per customer and product."""

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Matrix = Any  # scipy.sparse.csr_array, which brings no types


@dataclass(frozen=True, slots=True)
class Purchases:
    """`row` and `column` are places in `customer` and `product`, both sorted by id; `day`: of the first purchase.

    `kind` says of each customer which of the kinds of customers they are; `like` compares customers of one kind.
    """

    customer: Ints
    product: Ints
    kind: Ints
    row: Ints
    column: Ints
    day: Ints

    def __len__(self) -> int:
        return len(self.row)

    def chosen(self, flags: Flags) -> Self:
        """These purchases alone; customers and products keep their places."""
        return type(self)(
            self.customer, self.product, self.kind, self.row[flags], self.column[flags], self.day[flags]
        )

    def matrix(self) -> Matrix:
        """Customers x products, 1 where they bought it."""
        shape = (len(self.customer), len(self.product))
        return csr_array((np.ones(len(self), dtype=np.float32), (self.row, self.column)), shape=shape)


def purchases(customer: Ints, product: Ints, day: Ints, organisations: Ints) -> Purchases:
    """From one row per order line: ids of customer and product, and the day; `organisations` are ids of customers."""
    customers, row = np.unique(customer, return_inverse=True)
    products, column = np.unique(product, return_inverse=True)
    pair = row.astype(np.int64) * max(len(products), 1) + column
    order = np.lexsort((day, pair))
    pair, day = pair[order], day[order]
    first = np.ones(len(pair), dtype=bool)
    first[1:] = pair[1:] != pair[:-1]
    row, column = np.divmod(pair[first], max(len(products), 1))
    kind = np.isin(customers, organisations).astype(np.int64)
    return Purchases(customers, products, kind, row, column, day[first].astype(np.int64))
