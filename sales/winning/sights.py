"""What was known of deals at moments of the past: one row per deal and week in which it was open."""

from dataclasses import dataclass, fields
from typing import Self

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Sights:
    """Everything as it stood at the end of `day`; days are counted from 1970-01-01.

    hand: the stage's probability in per cent. amount: -1 where there was none. source: place in a list of lead sources
    from 1, 0 for any other. noted: whether the expected close was noted on that day; only then do `late` (days since
    it was over, 0 if it was not) and `moved` (times it was put off) say something. closed: the day on which the deal
    was won or lost; 0 while it is open.
    """

    deal: Ints
    day: Ints
    stage: Ints
    pipeline: Ints
    hand: Ints
    won: Ints
    closed: Ints
    in_stage: Floats
    age: Floats
    amount: Floats
    activities: Ints
    planned: Ints
    bought: Ints
    source: Ints
    noted: Ints
    late: Ints
    moved: Ints

    def __len__(self) -> int:
        return len(self.deal)

    def chosen(self, which: Flags | Ints) -> Self:
        return type(self)(*(getattr(self, each.name)[which] for each in fields(self)))


@dataclass(frozen=True, slots=True)
class Passes:
    """How long won deals were in each stage they went through, in days, and when they were closed."""

    stage: Ints
    days: Floats
    closed: Ints

    def before(self, day: int) -> "Passes":
        which = self.closed < day
        return Passes(self.stage[which], self.days[which], self.closed[which])


def first_of_each(deal: Ints) -> Ints:
    """The place of one sight, the last, of each deal."""
    _deals, places = np.unique(deal[::-1], return_index=True)
    return len(deal) - 1 - places
