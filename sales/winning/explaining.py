"""What speaks most for and against each deal: the parts of its log-odds. Pure; the words are in sales.win_words."""

from typing import Any

import numpy as np

from sales.winning.features import Known, features, medians, usual_days
from sales.winning.learning import Learnt
from sales.winning.sights import Sights

MOST_REASONS = 3
#: parts of the log-odds smaller than this are not worth a word
LEAST_EFFECT = 0.1


def reasons(learnt: Learnt, sights: Sights) -> list[list[dict[str, Any]]]:
    """For each sight the largest parts, with the numbers that their words need."""
    table, logistic = features(learnt.known, sights), learnt.logistic
    parts = (table - np.array(logistic.means)) / np.array(logistic.scales) * np.array(logistic.coefficients)
    words = [name.partition(":")[0] for name in learnt.known.columns]
    names = list(dict.fromkeys(words))
    sums = np.column_stack(
        [parts[:, [place for place, word in enumerate(words) if word == name]].sum(axis=1) for name in names]
    )
    usual, middle = usual_days(learnt.known, sights), medians(learnt.known, sights)
    order = np.argsort(-np.abs(sums), axis=1, kind="stable")[:, :MOST_REASONS]
    return [
        [
            {"key": names[place], "effect": round(float(sums[row, place]), 3)}
            | numbers(names[place], learnt.known, sights, row, usual[row], middle[row])
            for place in order[row]
            if abs(sums[row, place]) >= LEAST_EFFECT
        ]
        for row in range(len(sights))
    ]


def numbers(name: str, known: Known, sights: Sights, row: int, usual: float, middle: float) -> dict[str, Any]:
    match name:
        case "stage":
            return {"share": known.won_of.get(str(sights.stage[row]))}
        case "pace":
            return {"days": int(sights.in_stage[row]), "usual": round(usual)}
        case "age":
            return {"days": int(sights.age[row]), "usual": round(known.cycle)}
        case "size":
            ratio = (sights.amount[row] + 1) / (middle + 1)
            return {"times": round(float(ratio), 2)}
        case "activity":
            return {"count": int(sights.activities[row])}
        case "late":
            return {"days": int(sights.late[row])}
        case "moved":
            return {"count": int(sights.moved[row])}
        case "source":
            place = int(sights.source[row])
            return {"source": known.sources[place - 1] if place else ""}
        case "planned" | "bought":
            return {"is": bool(getattr(sights, name)[row])}
    return {}
