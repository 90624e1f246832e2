"""The arithmetic of recommendations, on arrays."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sales.recommending.backtest import backtest
from sales.recommending.purchases import Purchases, purchases
from sales.recommending.rules import ALL, ORGANISATIONS, PEOPLE, rules
from sales.recommending.scoring import picks

Baskets = list[list[int]]


def bought(
    baskets: Baskets, organisations: list[int] | None = None, days: list[int] | None = None
) -> Purchases:
    """Customer n (from 1) bought baskets[n - 1]."""
    rows = [(number + 1, item) for number, basket in enumerate(baskets) for item in basket]
    customer, product = (np.array([row[place] for row in rows], dtype=np.int64) for place in (0, 1))
    day = np.array(days if days is not None else [0] * len(rows), dtype=np.int64)
    return purchases(customer, product, day, np.array(organisations or [], dtype=np.int64))


def test_a_rule_says_how_many_of_those_also_bought_the_other() -> None:
    known = bought([[1, 2]] * 6 + [[1]] * 4 + [[3]] * 10)
    learnt = rules(known)
    found = learnt.taken((learnt.kind == ALL) & (learnt.bought == 0) & (learnt.other == 1))
    assert (found.support[0], found.base[0], found.share[0]) == (6, 10, 0.6)
    assert found.lift[0] == pytest.approx(0.6 / (6 / 20))


def test_no_rule_rests_on_fewer_than_five_customers() -> None:
    assert len(rules(bought([[1, 2]] * 4 + [[3]] * 20))) == 0


def test_what_is_bought_together_by_chance_is_no_rule() -> None:
    assert len(rules(bought([[1, 2]] * 10 + [[1]] * 10 + [[2]] * 10 + [[3]] * 10))) == 0


def test_people_are_compared_with_people_where_there_are_enough_of_them() -> None:
    people, companies = [[1, 2]] * 30 + [[1]] * 10 + [[4]] * 40, [[1, 3]] * 30 + [[1]] * 10 + [[4]] * 40
    learnt = rules(bought(people + companies, organisations=list(range(81, 161))))
    of = {kind: learnt.of_kind(kind) for kind in (PEOPLE, ORGANISATIONS)}
    assert set(of[PEOPLE].other[of[PEOPLE].bought == 0]) == {1}
    assert set(of[ORGANISATIONS].other[of[ORGANISATIONS].bought == 0]) == {2}


def test_few_organisations_learn_from_all_customers() -> None:
    known = bought([[1, 2]] * 40 + [[3]] * 40 + [[1]], organisations=[81])
    found = picks(known, rules(known), best=5)
    assert found.product[found.row == 80].tolist() == [1]


def test_nobody_is_recommended_what_they_bought() -> None:
    known = bought([[1, 2]] * 10 + [[1]] + [[3]] * 10)
    found = picks(known, rules(known), best=5)
    assert set(zip(found.row.tolist(), found.product.tolist(), strict=True)) == {(10, 1)}


def test_what_is_no_longer_sold_is_not_recommended() -> None:
    known = bought([[1, 2]] * 10 + [[1]] + [[3]] * 10)
    assert len(picks(known, rules(known, sold=np.array([0, 2])), best=5)) == 0


def test_the_reason_is_the_purchase_with_the_largest_share() -> None:
    known = bought([[1, 3]] * 8 + [[1]] * 8 + [[2, 3]] * 9 + [[2]] + [[1, 2]] + [[4]] * 40)
    learnt = rules(known)
    found = picks(known, learnt, best=1, rows=np.array([26]))
    assert learnt.bought[found.rule].tolist() == [1]


def test_a_product_bought_twice_counts_once() -> None:
    known = bought([[1, 1, 2]])
    assert len(known) == 2


def test_an_empty_shop_has_no_rules() -> None:
    known = bought([])
    assert (len(rules(known)), len(picks(known, rules(known), best=5)), backtest(known)) == (0, 0, {})


def test_the_back_test_learns_only_from_what_was_before() -> None:
    """Before, whoever bought 1 bought 2; in the held-out time those with 1 buy 2, and everybody else the popular 9."""
    baskets: Baskets = [[1, 2]] * 60 + [[1]] * 40 + [[9]] * 100
    days = [0] * sum(map(len, baskets))
    known = bought(baskets, days=days)
    late = Purchases(
        known.customer, known.product, known.kind,
        np.concatenate([known.row, np.arange(60, 100)]),
        np.concatenate([known.column, np.full(40, 1)]),
        np.concatenate([known.day, np.full(40, 300)]),
    )  # fmt: skip
    found = backtest(late)
    assert found["customers"] == 40
    assert found["ours"]["at_1"] == 1.0
    assert found["popular"]["at_1"] == 0.0


@given(st.lists(st.lists(st.integers(1, 8), min_size=1, max_size=6), min_size=1, max_size=80))
def test_figures_are_what_counting_gives(baskets: Baskets) -> None:
    known = bought(baskets)
    learnt = rules(known)
    sets = [set(basket) for basket in baskets]
    for place in range(len(learnt)):
        first, other = known.product[learnt.bought[place]], known.product[learnt.other[place]]
        base = sum(first in found for found in sets)
        both = sum({first, other} <= found for found in sets)
        assert (learnt.base[place], learnt.support[place]) == (base, both)
    found = picks(known, learnt, best=3)
    for row, product in zip(found.row, found.product, strict=True):
        assert known.product[product] not in sets[row]
