"""When customers of a shop buy: a Pareto/NBD process with seasons. Pure.

Each buyer has a rate of their own (gamma over buyers) and leaves at a time of their own (gamma-mixed exponential), so
that models of repeat buying find in these data what they look for: heavy and light buyers, regulars who lapse.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

SEASON = np.array(
    [0.95, 0.92, 0.95, 0.95, 0.92, 0.85, 0.72, 0.74, 0.95, 1.05, 1.22, 1.38]
)  # January to December
PEAK = float(SEASON.max())
BEFORE = 360


@dataclass(frozen=True)
class Habit:
    """Days between orders on average, how much buyers differ (smaller shape: more), and how long they stay."""

    gap_days: float
    gap_shape: float
    stay_days: float
    stay_shape: float
    growth: float  # more than 1: more newcomers lately


HOME = Habit(gap_days=46, gap_shape=0.9, stay_days=420, stay_shape=1.1, growth=1.5)
BUSINESS = Habit(gap_days=24, gap_shape=1.3, stay_days=900, stay_shape=1.4, growth=1.3)


def order_days(
    random: np.random.Generator, buyers: int, days: int, months: NDArray[np.int64], habit: Habit
) -> list[NDArray[np.int64]]:
    """For each buyer the days (0 is `days` ago, `days` is today) of their orders.

    `months[d]` is the month (0 to 11) of day d. Some began up to BEFORE days earlier, so the business does not start
    from nothing; what they bought then is not recorded.
    """
    begin = ((days + BEFORE) * random.random(buyers) ** (1 / habit.growth)).astype(np.int64) - BEFORE
    rate = random.gamma(habit.gap_shape, 1 / (habit.gap_days * habit.gap_shape), buyers)
    leave = random.gamma(habit.stay_shape, 1 / (habit.stay_days * habit.stay_shape), buyers)
    end = np.minimum(days + 1, begin + random.exponential(1 / np.maximum(leave, 1e-6)))
    found = []
    for first, last, speed in zip(begin, end, rate, strict=True):
        length = float(last - first)
        count = random.poisson(speed * PEAK * length)
        drawn = np.sort(np.floor(first + random.random(count) * length)).astype(np.int64)
        drawn = np.concatenate(([first], drawn[random.random(count) * PEAK < SEASON[months[drawn]]]))
        found.append(drawn[drawn >= 0])
    return found
