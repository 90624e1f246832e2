"""RFM: cut points, equal values, and a map of 25 cells without gap or overlap."""

import numpy as np
import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from analytics.rfm import (
    CELLS,
    PERCENTILES,
    RFM_MAP,
    check_map,
    cut_points,
    group_table,
    percentile_disc,
    score,
)


def test_the_map_covers_every_cell_once() -> None:
    check_map(RFM_MAP)
    assert sorted(cell for cells in RFM_MAP.values() for cell in cells) == sorted(CELLS)
    assert (group_table(RFM_MAP)[1:, 1:] >= 0).all()


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"lost": ()}, "In no RFM group: 11"),
        ({"lost": ("11", "12")}, "In more than one RFM group: 12"),
        ({"lost": ("11", "66")}, "Not a cell"),
        ({"friends": ()}, "Unknown RFM group: friends"),
    ],
)
def test_a_map_with_a_gap_or_overlap_is_refused(change: dict[str, tuple[str, ...]], sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        check_map(RFM_MAP | change)


@pytest.mark.django_db
@given(st.lists(st.integers(0, 50), min_size=1, max_size=200))
def test_cut_points_are_those_of_postgresql(values: list[int]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT percentile_disc(%s::float8[]) WITHIN GROUP (ORDER BY v) FROM unnest(%s::int[]) v",
            [list(PERCENTILES), values],
        )
        expected = cursor.fetchone()[0]
    assert list(percentile_disc(values, PERCENTILES)) == expected


@given(
    st.lists(st.tuples(st.integers(0, 900), st.integers(1, 9), st.integers(1, 99)), min_size=1, max_size=300)
)
def test_equal_values_get_equal_scores_and_better_values_no_worse_ones(
    rows: list[tuple[int, int, int]],
) -> None:
    recency, frequency, monetary = np.array(rows, dtype=float).T
    found = score(recency, frequency, monetary, cut_points(recency, frequency, monetary))
    for values, scores, sign in ((recency, found.r, -1), (frequency, found.f, 1), (monetary, found.m, 1)):
        order = np.argsort(sign * values, kind="stable")
        assert (np.diff(scores[order]) >= 0).all()
        assert len({(v, s) for v, s in zip(values, scores, strict=True)}) == len(set(values))
        assert scores.min() >= 1
        assert scores.max() <= 5
    assert (found.fm[frequency == 1] == 1).all()
    assert (found.group >= 0).all()


def test_ntile_would_tear_equals_apart_and_we_do_not() -> None:
    frequency = np.array([1.0] * 70 + [2.0] * 20 + [9.0] * 10)
    found = score(frequency, frequency, frequency, cut_points(frequency, frequency, frequency))
    assert found.f.tolist() == [1] * 70 + [4] * 20 + [5] * 10


def test_fm_rounds_up_and_a_single_purchase_is_1() -> None:
    values = np.arange(1.0, 101.0)
    found = score(values, values, values[::-1].copy(), cut_points(values, values, values))
    assert found.fm[0] == 1
    assert found.fm[-1] == 3
