"""The CDNOW purchase histories, read by path out of the package lifetimes (which is not imported: it plots)."""

from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.metadata import distribution
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

FITTED_ON = date(1997, 9, 30)
HOLDOUT_DAYS = 273

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Cdnow:
    """One entry per customer, days; `holdout` counts the purchase days of the 273 days after the fit date."""

    x: Floats
    t_x: Floats
    T: Floats
    m: Floats
    total: Floats
    holdout: Floats
    holdout_spend: Floats


def path(name: str) -> Path:
    return Path(str(distribution("lifetimes").locate_file(f"lifetimes/datasets/CDNOW_{name}.txt")))


def rows(name: str) -> list[tuple[int, date, int, float]]:
    """(customer, day, quantity, amount) of every transaction, in the file's order."""
    result = []
    for line in path(name).read_text().splitlines():
        fields = line.split()
        if len(fields) < 4 or not fields[0].isdigit():
            continue
        customer, day, quantity, amount = fields[-4:]
        if name == "sample":
            customer = fields[1]
        result.append(
            (int(customer), date(int(day[:4]), int(day[4:6]), int(day[6:])), int(quantity), float(amount))
        )
    return result


@cache
def history(name: str) -> Cdnow:
    days: dict[int, dict[date, float]] = {}
    for customer, day, _, amount in rows(name):
        spent = days.setdefault(customer, {})
        spent[day] = spent.get(day, 0.0) + amount
    return Cdnow(*np.array([_customer(spent) for _, spent in sorted(days.items())]).T)


def _customer(spent: dict[date, float]) -> list[float]:
    known = sorted(day for day in spent if day <= FITTED_ON)
    later = [day for day in spent if day > FITTED_ON]
    first, last, repeats = known[0], known[-1], known[1:]
    mean = sum(spent[day] for day in repeats) / len(repeats) if repeats else 0.0
    return [
        len(repeats),
        (last - first).days,
        (FITTED_ON - first).days,
        mean,
        sum(spent[day] for day in known),
        len(later),
        sum(spent[day] for day in later),
    ]
