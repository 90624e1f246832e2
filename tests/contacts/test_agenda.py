"""Where things stand in a day: on the wall clock, also when it is put forward or back, and side by side."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contacts.agenda.placing import MINUTES, Block, block_of, closed, side_by_side
from contacts.agenda.window import DAY, LIST, MONTH, WEEK, Window, read_day

BERLIN = ZoneInfo("Europe/Berlin")


def window(
    view: str = WEEK, day: date = date(2026, 11, 26), zone: ZoneInfo = BERLIN, begins: int = 0
) -> Window:
    return Window(view, day, zone, begins)


def test_a_week_begins_as_the_company_has_it() -> None:
    assert window().first == date(2026, 11, 23)
    assert window(begins=6).first == date(2026, 11, 22)


@pytest.mark.parametrize(
    ("day", "count"), [(date(2026, 2, 9), 35), (date(2026, 11, 1), 42), (date(2027, 2, 28), 28)]
)
def test_a_month_has_whole_weeks(day: date, count: int) -> None:
    shown = window(MONTH, day)
    assert shown.count == count
    assert shown.first <= day.replace(day=1) <= day <= shown.last
    assert shown.first.weekday() == 0


@given(st.dates(date(2001, 1, 1), date(2099, 1, 1)), st.sampled_from([DAY, WEEK, MONTH, LIST]))
def test_the_way_there_is_the_way_back(day: date, view: str) -> None:
    shown = window(view, day if view != MONTH else day.replace(day=1))
    assert shown.moved(1).moved(-1).day == shown.day
    assert shown.moved(1).first > shown.first


@pytest.mark.parametrize("text", ["", "x", "1970-01-01", "9999-12-31", "2026-02-30", "2026-11-26T10:00"])
def test_a_day_that_cannot_be_is_none(text: str) -> None:
    assert read_day(text) is None


def test_the_day_on_which_the_clock_is_put_forward_has_23_hours() -> None:
    start, end = window(DAY, date(2026, 3, 29)).span
    assert end - start == timedelta(hours=23)


def test_an_hour_that_comes_twice_is_drawn_where_the_clock_shows_it() -> None:
    shown = window(DAY, date(2026, 10, 25))
    starts, ends = (
        shown.local(datetime(2026, 10, 25, 0, 45, tzinfo=UTC) + timedelta(minutes=m)) for m in (0, 30)
    )
    block = block_of("call", shown.day, starts, ends)  # 02:45 summer time to 02:15 winter time
    assert block is not None
    assert (block.start, block.end) == (2 * 60 + 45, 2 * 60 + 45 + 25)


def test_what_goes_over_midnight_stands_in_both_days() -> None:
    late = (datetime(2026, 11, 26, 23, tzinfo=None), datetime(2026, 11, 27, 1, tzinfo=None))  # noqa: DTZ001
    first, second = (block_of("x", date(2026, 11, day), *late) for day in (26, 27))
    assert first is not None
    assert second is not None
    assert (first.start, first.end, first.begins, first.goes_on) == (23 * 60, MINUTES, True, True)
    assert (second.start, second.end, second.begins, second.goes_on) == (0, 60, False, False)
    assert block_of("x", date(2026, 11, 28), *late) is None


def test_those_that_meet_share_the_width_and_others_have_it_all() -> None:
    placed = side_by_side(
        [Block("a", 540, 600), Block("b", 570, 630), Block("c", 600, 660), Block("d", 700, 730)]
    )
    assert {block.item: (block.lane, block.lanes) for block in placed} == {
        "a": (0, 2),
        "b": (1, 2),
        "c": (0, 2),
        "d": (0, 1),
    }


@given(st.lists(st.tuples(st.integers(0, 1400), st.integers(25, 400)), max_size=11))
def test_nothing_lies_on_anything_else(spans: list[tuple[int, int]]) -> None:
    placed = side_by_side(
        Block(index, start, min(start + length, MINUTES)) for index, (start, length) in enumerate(spans)
    )
    assert len(placed) == len(spans)
    for one in placed:
        for other in placed:
            if one.item != other.item and one.start < other.end and other.start < one.end:
                assert one.lane != other.lane
                assert one.lanes == other.lanes


def test_what_is_closed_is_what_is_not_open() -> None:
    assert closed([(540, 720), (780, 1020)]) == [(0, 540), (720, 780), (1020, 1440)]
    assert closed([]) == [(0, 1440)]
    assert closed([(0, 1440)]) == []
