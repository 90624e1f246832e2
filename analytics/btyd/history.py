"""Purchase histories as arrays: checked, and collapsed so that equal customers are counted, not repeated."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Codes = NDArray[np.intp]
#: Rows are packed into one integer where their combinations fit one.
MOST_KEYS = 2**62


def checked(**columns: ArrayLike) -> list[Floats]:
    """The columns as float arrays of one shape; ValueError with a plain sentence if they cannot be that."""
    arrays = []
    for name, values in columns.items():
        try:
            array = np.asarray(values, dtype=np.float64)
        except (TypeError, ValueError):
            raise ValueError(f"{name} must hold numbers only.") from None
        if not np.isfinite(array).all():
            raise ValueError(f"{name} must not hold NaN or infinite values.")
        if (array < 0).any():
            raise ValueError(f"{name} must not be negative.")
        arrays.append(array)
    sizes = {array.size for array in arrays if array.ndim}
    if len(sizes) > 1 or any(array.ndim > 1 for array in arrays):
        raise ValueError(f"{', '.join(columns)} must be one-dimensional and of equal length.")
    return [np.array(array) for array in np.broadcast_arrays(*arrays)]


def checked_history(x: ArrayLike, t_x: ArrayLike, T: ArrayLike) -> tuple[Floats, Floats, Floats]:
    """Repeat purchases, age at the last one and age now, checked against each other."""
    x_, t_x_, T_ = checked(x=x, t_x=t_x, T=T)
    if (t_x_ > T_).any():
        raise ValueError("t_x must not be greater than T: the last purchase cannot lie after today.")
    if ((x_ == 0) & (t_x_ > 0)).any():
        raise ValueError("t_x must be 0 where x is 0: without a repeat purchase the last one is the first.")
    return x_, t_x_, T_


def dot(one: Floats, other: Floats) -> float:
    """The sum of products without BLAS, whose threads wait for each other on a busy machine."""
    return float(np.einsum("i,i->", one, other))


@dataclass(frozen=True, slots=True)
class Column:
    """Distinct values, and for each row which of them it has: logarithms are taken of distinct values only."""

    values: Floats
    codes: Codes

    def scaled(self, unit: float) -> "Column":
        return Column(self.values / unit, self.codes)


@dataclass(frozen=True, slots=True)
class History:
    """Collapsed rows (x, t_x, T) with the number of customers that share each."""

    x: Column
    t_x: Column
    T: Column
    weight: Floats

    def scaled(self, unit: float) -> "History":
        return History(self.x, self.t_x.scaled(unit), self.T.scaled(unit), self.weight)

    def every(self, step: int) -> "History":
        """A thinned history, for a cheap first approach to the optimum."""
        x, t_x, T = (Column(c.values, c.codes[::step]) for c in (self.x, self.t_x, self.T))
        return History(x, t_x, T, self.weight[::step])

    def weight_by_x(self) -> Floats:
        counts = np.bincount(self.x.codes, weights=self.weight, minlength=len(self.x.values))
        return counts.astype(np.float64)


def column(values: Floats) -> Column:
    """Whole numbers of a modest range are their own codes; everything else is sorted."""
    top = int(values.max()) if values.size else 0
    whole = values.astype(np.intp) if top <= max(1_000_000, 4 * values.size) else None
    if whole is None or not np.array_equal(whole, values):
        distinct, codes = np.unique(values, return_inverse=True)
        return Column(distinct, codes)
    present = np.zeros(top + 1, dtype=bool)
    present[whole] = True
    code_of = np.cumsum(present) - 1
    return Column(np.flatnonzero(present).astype(np.float64), code_of[whole])


def distinct_rows(*columns: Floats) -> tuple[list[Floats], Codes]:
    """The rows that differ, column by column, and for each row the place of its like; the shape of the rows is kept."""
    coded = [column(values.reshape(-1)) for values in columns]
    if math.prod(len(each.values) for each in coded) >= MOST_KEYS:
        return list(columns), np.arange(columns[0].size).reshape(columns[0].shape)
    packed = np.zeros(columns[0].size, dtype=np.intp)
    for each in coded:
        packed = packed * len(each.values) + each.codes
    keys, place = np.unique(packed, return_inverse=True)
    found = []
    for each in reversed(coded):
        keys, codes = np.divmod(keys, len(each.values))
        found.append(each.values[codes])
    return found[::-1], place.reshape(columns[0].shape)


def collapse(x: ArrayLike, t_x: ArrayLike, T: ArrayLike, weights: ArrayLike | None = None) -> History:
    """Check and pack the rows; equal rows become one row with their summed weight."""
    x_, t_x_, T_ = (np.atleast_1d(array) for array in checked_history(x, t_x, T))
    if not x_.size:
        raise ValueError("There are no customers to fit a model to.")
    w = np.ones(x_.size) if weights is None else np.atleast_1d(checked(weights=weights)[0])
    if w.size != x_.size:
        raise ValueError("weights must be as long as x.")
    if not (w * x_).any():
        raise ValueError("No customer bought again: without repeat purchases no model can be fitted.")
    if not (w * T_).any():
        raise ValueError("T is 0 for everyone: there is no time to learn from.")
    return _packed(column(x_), column(t_x_), column(T_), w, counted=weights is None)


def _packed(x: Column, t_x: Column, T: Column, weights: Floats, *, counted: bool) -> History:
    if len(x.values) * len(t_x.values) * len(T.values) >= MOST_KEYS:
        return History(x, t_x, T, weights)
    packed = (x.codes * len(t_x.values) + t_x.codes) * len(T.values) + T.codes
    keys, weight = _counted(packed) if counted else _weighed(packed, weights)
    rest, T_codes = np.divmod(keys, len(T.values))
    x_codes, t_x_codes = np.divmod(rest, len(t_x.values))
    return History(
        Column(x.values, x_codes), Column(t_x.values, t_x_codes), Column(T.values, T_codes), weight
    )


def _counted(packed: Codes) -> tuple[Codes, Floats]:
    keys, counts = np.unique(packed, return_counts=True)
    return keys, counts.astype(np.float64)


def _weighed(packed: Codes, weights: Floats) -> tuple[Codes, Floats]:
    keys, inverse = np.unique(packed, return_inverse=True)
    return keys, np.bincount(inverse, weights=weights).astype(np.float64)
