"""What a bench found: name, value, floor, ratio, target, met - written to build/bench.json after every figure."""

import json
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

PLACE = Path("build/bench.json")


class Ledger:
    """Collects figures; values and floors are in the same unit, so that only the ratio is quoted."""

    def __init__(self) -> None:
        self.figures: list[dict[str, Any]] = []

    def add(self, name: str, value: float, floor: float, target: float, *, at_least: bool = False) -> None:
        """`ratio` is value / floor; met when at most the target (`at_least`: when at least)."""
        ratio = value / floor
        met = ratio >= target if at_least else ratio <= target
        figure = {"name": name, "value": value, "floor": floor, "ratio": ratio, "target": target, "met": met}
        self.figures.append(figure)
        PLACE.parent.mkdir(exist_ok=True)
        PLACE.write_text(json.dumps(self.figures, indent=1))
        sign = ">=" if at_least else "<="
        print(f"{'ok  ' if met else 'MISS'} {name:58} {ratio:8.2f}  ({sign} {target:g})", flush=True)


def seconds(work: Callable[[], object]) -> float:
    """Wall time of one call."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def median_seconds(work: Callable[[], object], runs: int = 5) -> float:
    return statistics.median(seconds(work) for _ in range(runs))


def percentile(values: list[float], share: float) -> float:
    """Nearest rank."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]
