"""Who is next? Pure rules over the members of a pool.

Turns are reckoned as in stride scheduling: whoever is chosen moves on by STRIDE / weight, and the one who stands
furthest back is next. A member who was away comes back at the pool's clock: nobody is flooded with what they missed.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

#: divisible by every weight
STRIDE = 2520
WEIGHTS = range(1, 11)


class Rule(StrEnum):
    TURNS = "turns"
    LOAD = "load"


class Verdict(StrEnum):
    """Why somebody was chosen or passed over."""

    CHOSEN = "chosen"
    NOT_NEXT = "not_next"
    AWAY = "away"
    PAUSED = "paused"
    LACKS_SKILLS = "lacks_skills"
    FULL = "full"


@dataclass(frozen=True)
class Candidate:
    """A member: `turn` is how far they have moved on, `load` how much they have open, `capacity` None has no end."""

    id: int
    turn: int = 0
    weight: int = 1
    load: int = 0
    capacity: int | None = None
    skills: frozenset[str] = frozenset()
    away: bool = False
    paused: bool = False


@dataclass(frozen=True)
class Choice:
    """`chosen` with the turn they move on to, or None; `clock` is the pool's clock from now on."""

    chosen: Candidate | None
    clock: int
    verdicts: dict[int, Verdict]


def choose(
    candidates: Iterable[Candidate], *, rule: Rule, clock: int = 0, skills: frozenset[str] = frozenset()
) -> Choice:
    """The next one by the rule among those who are there, free and able."""
    everybody = list(candidates)
    verdicts = {one.id: obstacle(one, skills) or Verdict.NOT_NEXT for one in everybody}
    able = [caught_up(one, clock) for one in everybody if verdicts[one.id] is Verdict.NOT_NEXT]
    if not able:
        return Choice(None, clock, verdicts)
    best = min(able, key=by_turn if rule is Rule.TURNS else by_load)
    verdicts[best.id] = Verdict.CHOSEN
    return Choice(replace(best, turn=best.turn + STRIDE // best.weight), max(clock, best.turn), verdicts)


def obstacle(one: Candidate, skills: frozenset[str]) -> Verdict | None:
    if one.paused:
        return Verdict.PAUSED
    if one.away:
        return Verdict.AWAY
    if not skills <= one.skills:
        return Verdict.LACKS_SKILLS
    if one.capacity is not None and one.load >= one.capacity:
        return Verdict.FULL
    return None


def caught_up(one: Candidate, clock: int) -> Candidate:
    """Nobody stands behind the clock: turns that were missed are not made up for."""
    return one if one.turn >= clock else replace(one, turn=clock)


def by_turn(one: Candidate) -> tuple[int, int]:
    return one.turn, one.id


def by_load(one: Candidate) -> tuple[float, int, int]:
    """The least open work for one's weight; those who are even take turns."""
    return one.load / one.weight, one.turn, one.id
