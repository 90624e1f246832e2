"""From what was known of a deal to the numbers that a logistic regression takes."""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from sales.winning.sights import Floats, Passes, Sights, first_of_each

#: a stage of which fewer sights are known has no weight of its own
FEWEST_IN_STAGE = 20
#: what was noted of so large a share of the sights is learnt from
NOTED_SHARE = 0.8
ALWAYS = ("pace", "age", "size", "unpriced", "activity", "planned", "bought")
NOTED = ("late", "moved")


@dataclass(frozen=True, slots=True)
class Known:
    """What the features are measured by, learnt from the same deals as the weights.

    usual: median days of won deals in a stage; won_of: share won among sights in a stage; median: amount by pipeline;
    cycle: median days from the beginning of a won deal until it was won. `columns` are the features in their order.
    """

    stages: list[int]
    usual: dict[str, float]
    won_of: dict[str, float]
    median: dict[str, float]
    cycle: float
    sources: list[str]
    columns: list[str]
    low: list[float]
    high: list[float]

    def plain(self) -> dict[str, Any]:
        return asdict(self)


def known_from(sights: Sights, passes: Passes, sources: list[str]) -> Known:
    stages, counts = np.unique(sights.stage, return_counts=True)
    frequent = stages[counts >= FEWEST_IN_STAGE]
    usual = {
        str(stage): float(np.median(passes.days[passes.stage == stage])) for stage in np.unique(passes.stage)
    }
    once = sights.chosen(first_of_each(sights.deal))
    priced = once.chosen(once.amount >= 0)
    won = once.chosen(once.won == 1)
    columns = [*(f"stage:{stage}" for stage in frequent), *ALWAYS]
    columns += NOTED if len(sights) and sights.noted.mean() >= NOTED_SHARE else ()
    columns += [f"source:{place}" for place in range(1, len(sources) + 1) if (sights.source == place).any()]
    found = Known(
        stages=[int(stage) for stage in frequent],
        usual={"": float(np.median(passes.days)) if len(passes.days) else 7.0, **usual},
        won_of={str(stage): float(sights.won[sights.stage == stage].mean()) for stage in frequent},
        median={
            str(pipeline): float(np.median(priced.amount[priced.pipeline == pipeline]))
            for pipeline in np.unique(priced.pipeline)
        },
        cycle=float(np.median(won.age + won.closed - won.day)) if len(won) else 0.0,
        sources=sources,
        columns=columns,
        low=[],
        high=[],
    )
    table = raw_features(found, sights)
    return Known(**{**found.plain(), "low": table.min(axis=0).tolist(), "high": table.max(axis=0).tolist()})


def features(known: Known, sights: Sights) -> Floats:
    """One column per feature; nothing reaches beyond what the model has seen."""
    found: Floats = np.clip(raw_features(known, sights), known.low, known.high)
    return found


def raw_features(known: Known, sights: Sights) -> Floats:
    return np.column_stack([column(known, sights, name) for name in known.columns])


def column(known: Known, sights: Sights, name: str) -> Floats:
    word, _colon, key = name.partition(":")
    found = getattr(sights, word) == int(key) if key else MEASURES[word](known, sights)
    return np.asarray(found, dtype=np.float64)


def pace(known: Known, sights: Sights) -> Floats:
    """Time in the stage against the usual, as a logarithm."""
    found: Floats = np.log((sights.in_stage + 1) / (usual_days(known, sights) + 1))
    return found


def size(known: Known, sights: Sights) -> Floats:
    """The amount against the median of the pipeline, as a logarithm; 0 where there is none."""
    ratio = (sights.amount + 1) / (medians(known, sights) + 1)
    return np.where(sights.amount >= 0, np.log(np.maximum(ratio, 1e-6)), 0.0)


MEASURES: dict[str, Callable[[Known, Sights], Any]] = {
    "pace": pace,
    "age": lambda known, sights: np.log1p(sights.age),
    "size": size,
    "unpriced": lambda known, sights: sights.amount < 0,
    "activity": lambda known, sights: np.log1p(sights.activities),
    "planned": lambda known, sights: sights.planned,
    "bought": lambda known, sights: sights.bought,
    "late": lambda known, sights: np.log1p(sights.late),
    "moved": lambda known, sights: np.minimum(sights.moved, 5),
}


def usual_days(known: Known, sights: Sights) -> Floats:
    return looked_up(sights.stage, known.usual, known.usual[""])


def medians(known: Known, sights: Sights) -> Floats:
    rest = float(np.median(list(known.median.values()))) if known.median else 0.0
    return looked_up(sights.pipeline, known.median, rest)


def looked_up(keys: Any, table: dict[str, float], rest: float) -> Floats:
    values, places = np.unique(keys, return_inverse=True)
    found: Floats = np.array([table.get(str(value), rest) for value in values], float)[places]
    return found
