"""Fair shares, as pure arithmetic."""

from collections import Counter
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from crm.assignment.rules import Candidate, Rule, Verdict, choose


def deal(candidates: list[Candidate], count: int, rule: Rule = Rule.TURNS, clock: int = 0) -> list[int]:
    """Give out so many pieces of work; open work grows, nobody finishes any."""
    members, given = {one.id: one for one in candidates}, []
    for _ in range(count):
        choice = choose(members.values(), rule=rule, clock=clock)
        if choice.chosen is None:
            break
        clock = choice.clock
        members[choice.chosen.id] = replace(choice.chosen, load=choice.chosen.load + 1)
        given.append(choice.chosen.id)
    return given


weights = st.lists(st.integers(1, 10), min_size=1, max_size=6)


@given(weights, st.integers(1, 20))
def test_after_full_rounds_everybody_has_exactly_their_share(shares: list[int], rounds: int) -> None:
    members = [Candidate(id=number, weight=weight) for number, weight in enumerate(shares)]
    given_out = Counter(deal(members, rounds * sum(shares)))
    assert given_out == {number: rounds * weight for number, weight in enumerate(shares)}


@given(weights, st.integers(1, 200))
def test_at_no_moment_is_anybody_far_from_their_share(shares: list[int], count: int) -> None:
    members = [Candidate(id=number, weight=weight) for number, weight in enumerate(shares)]
    given_out = Counter(deal(members, count))
    for number, weight in enumerate(shares):
        assert abs(given_out[number] - count * weight / sum(shares)) <= len(shares)


@given(weights, st.integers(1, 200))
def test_by_load_nobody_has_more_than_one_piece_too_many(shares: list[int], count: int) -> None:
    members = [Candidate(id=number, weight=weight) for number, weight in enumerate(shares)]
    given_out = Counter(deal(members, count, Rule.LOAD))
    relative = [(given_out[number] - 1) / weight for number, weight in enumerate(shares) if given_out[number]]
    lowest = min(given_out[number] / weight for number, weight in enumerate(shares))
    assert max(relative) <= lowest


def test_whoever_comes_back_is_not_flooded() -> None:
    present = [Candidate(1, turn=25_200), Candidate(2, turn=25_200)]
    back = Candidate(3, turn=0)
    assert Counter(deal([*present, back], 30, clock=22_680)).most_common(1)[0][1] <= 12


def test_without_the_clock_they_would_be() -> None:
    """The twin."""
    present = [Candidate(1, turn=25_200), Candidate(2, turn=25_200)]
    assert deal([*present, Candidate(3)], 9, clock=0) == [3] * 9


def test_by_load_the_one_with_least_open_is_next() -> None:
    members = [Candidate(1, load=5), Candidate(2, load=2), Candidate(3, load=3, weight=3)]
    assert deal(members, 4, Rule.LOAD) == [3, 3, 3, 2]


def test_the_rest_are_told_why_they_were_passed_over() -> None:
    german = frozenset({"german"})
    members = [
        Candidate(1, skills=german, away=True),
        Candidate(2, skills=german, paused=True),
        Candidate(3),
        Candidate(4, skills=german, load=5, capacity=5),
        Candidate(5, skills=german | {"billing"}),
        Candidate(6, skills=german),
    ]
    choice = choose(members, rule=Rule.TURNS, skills=german)
    assert choice.chosen is not None
    assert choice.chosen.id == 5
    assert choice.verdicts == {
        1: Verdict.AWAY,
        2: Verdict.PAUSED,
        3: Verdict.LACKS_SKILLS,
        4: Verdict.FULL,
        5: Verdict.CHOSEN,
        6: Verdict.NOT_NEXT,
    }


def test_nobody_able_is_an_answer_and_moves_nothing() -> None:
    choice = choose([Candidate(1, away=True)], rule=Rule.TURNS, clock=7)
    assert (choice.chosen, choice.clock) == (None, 7)
    assert choose([], rule=Rule.LOAD).chosen is None
