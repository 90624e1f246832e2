"""Business time over zones and the days on which clocks change, against a clock that is looked at each minute."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from crm.calendars.arithmetic import MINUTES_OF_DAY, Hours, NeverOpen, WorkingTime

MINUTE = timedelta(minutes=1)
NINE_TO_FIVE: Hours = ((540, 1020),)
ALL_DAY: Hours = ((0, MINUTES_OF_DAY),)
OFFICE = (NINE_TO_FIVE,) * 5 + ((), ())
ZONES = (
    "UTC",
    "Europe/Berlin",
    "America/New_York",
    "America/Sao_Paulo",  # clocks changed at midnight
    "Australia/Lord_Howe",  # by half an hour
    "Africa/Casablanca",
    "Asia/Kathmandu",
    "Pacific/Apia",  # left a whole day out
    "Antarctica/Troll",  # by two hours
)
#: days on which some of these clocks change
CHANGES = (
    date(2026, 3, 29),
    date(2026, 10, 25),
    date(2026, 3, 8),
    date(2026, 11, 1),
    date(2018, 2, 17),
    date(2018, 11, 4),
    date(2026, 4, 5),
    date(2026, 10, 4),
    date(2011, 12, 30),
    date(2026, 2, 15),
)


def berlin(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo("Europe/Berlin"))


def office(*days_off: date) -> WorkingTime:
    return WorkingTime(ZoneInfo("Europe/Berlin"), OFFICE, lambda _year: frozenset(days_off))  # type: ignore[arg-type]


@st.composite
def hours(draw: st.DrawFn) -> Hours:
    marks = sorted(draw(st.sets(st.integers(0, MINUTES_OF_DAY), max_size=6)))
    pairs = list(pairwise(marks))[::2]
    return tuple(pairs)


@st.composite
def calendars(draw: st.DrawFn) -> WorkingTime:
    week = tuple(draw(hours()) for _ in range(7))
    off = frozenset(draw(st.sets(st.sampled_from(CHANGES), max_size=2)))
    return WorkingTime(ZoneInfo(draw(st.sampled_from(ZONES))), week, lambda _year: off)  # type: ignore[arg-type]


moments = st.builds(
    lambda day, minutes: datetime(day.year, day.month, day.day, tzinfo=UTC) + minutes * MINUTE,
    st.one_of(st.sampled_from(CHANGES), st.dates(date(2008, 1, 1), date(2035, 1, 1))),
    st.integers(-1500, 3000),
)


def minutes_shown(calendar: WorkingTime, start: datetime, end: datetime) -> int:
    """The slow truth: look at the clock on the wall once a minute."""
    count, moment = 0, start
    while moment < end:
        count += calendar.is_open(moment)
        moment += MINUTE
    return count


@settings(max_examples=60)
@given(calendars(), moments, st.integers(0, 2000))
@example(
    WorkingTime(ZoneInfo("Europe/Berlin"), (((90, 150),),) * 7),  # type: ignore[arg-type]
    datetime(2026, 10, 25, tzinfo=UTC),
    300,
)
def test_open_time_is_what_the_clock_on_the_wall_shows(
    calendar: WorkingTime, start: datetime, length: int
) -> None:
    end = start + length * MINUTE
    assert calendar.between(start, end) == minutes_shown(calendar, start, end) * MINUTE


@given(calendars(), moments, st.integers(1, 6000))
def test_what_is_added_has_passed_in_between(calendar: WorkingTime, moment: datetime, length: int) -> None:
    assume(any(calendar.week))
    end = calendar.add(moment, length * MINUTE)
    assert calendar.between(moment, end) == length * MINUTE
    assert calendar.between(moment, end - timedelta(seconds=1)) == length * MINUTE - timedelta(seconds=1)


@given(calendars(), moments, st.integers(0, 5000), st.integers(0, 5000))
def test_two_stretches_make_one(calendar: WorkingTime, start: datetime, first: int, second: int) -> None:
    middle = start + first * MINUTE
    end = middle + second * MINUTE
    assert calendar.between(start, middle) + calendar.between(middle, end) == calendar.between(start, end)
    assert calendar.between(end, start) == -calendar.between(start, end)


@given(calendars(), moments, st.integers(1, 3000), st.integers(1, 3000))
def test_adding_twice_is_adding_the_sum(
    calendar: WorkingTime, moment: datetime, first: int, second: int
) -> None:
    assume(any(calendar.week))
    twice = calendar.add(calendar.add(moment, first * MINUTE), second * MINUTE)
    assert twice == calendar.add(moment, (first + second) * MINUTE)


@given(calendars(), moments)
def test_the_next_opening_is_open_and_nothing_before_it(calendar: WorkingTime, moment: datetime) -> None:
    assume(any(calendar.week))
    opening = calendar.next_open(moment)
    assert calendar.is_open(opening)
    assert calendar.between(moment, opening) == timedelta(0)


@pytest.mark.parametrize(
    ("start", "added", "end"),
    [
        ("2026-11-25T10:00", 4, "2026-11-25T14:00"),
        ("2026-11-25T16:00", 4, "2026-11-26T12:00"),
        ("2026-11-27T16:00", 2, "2026-11-30T10:00"),  # over a weekend
        ("2026-11-28T12:00", 1, "2026-11-30T10:00"),
        ("2026-11-25T07:00", 8, "2026-11-25T17:00"),  # the end of a day, not the beginning of the next
        ("2026-12-24T16:00", 2, "2026-12-28T10:00"),  # 25 December is a day off
    ],
)
def test_hours_of_an_office(start: str, added: int, end: str) -> None:
    assert office(date(2026, 12, 25)).add(berlin(start), timedelta(hours=added)) == berlin(end)


def test_on_the_day_the_clock_changes_four_hours_are_four_hours() -> None:
    around_the_clock = WorkingTime(ZoneInfo("Europe/Berlin"), (ALL_DAY,) * 7)  # type: ignore[arg-type]
    spring = berlin("2026-03-29T00:30")
    assert around_the_clock.add(spring, timedelta(hours=4)) == spring.astimezone(UTC) + timedelta(hours=4)
    assert around_the_clock.add(spring, timedelta(hours=4)) == berlin("2026-03-29T05:30")
    whole_days = [("2026-03-29", 23), ("2026-10-25", 25), ("2026-06-01", 24)]
    for day, length in whole_days:
        start = berlin(f"{day}T00:00")
        end = berlin(f"{date.fromisoformat(day) + timedelta(days=1)}T00:00")
        assert around_the_clock.between(start, end) == timedelta(hours=length)


def test_the_usual_way_is_wrong_on_that_day() -> None:
    """The twin: local time plus four hours."""
    spring = berlin("2026-03-29T00:30")
    naive = spring + timedelta(hours=4)
    assert naive.astimezone(UTC) - spring.astimezone(UTC) == timedelta(hours=3)


def test_a_day_off_on_which_one_works_all_the_same() -> None:
    day = date(2026, 12, 24)
    calendar = WorkingTime(ZoneInfo("UTC"), OFFICE, lambda _year: frozenset({day}), frozenset({day}))  # type: ignore[arg-type]
    assert calendar.is_open(datetime(2026, 12, 24, 10, tzinfo=UTC))


def test_a_calendar_that_never_opens_says_so() -> None:
    closed = WorkingTime(ZoneInfo("UTC"), ((),) * 7)  # type: ignore[arg-type]
    now = datetime(2026, 1, 1, tzinfo=UTC)
    assert closed.between(now, now + timedelta(days=400)) == timedelta(0)
    assert closed.add(now, timedelta(0)) == now
    for ask in (lambda: closed.add(now, MINUTE), lambda: closed.next_open(now)):
        with pytest.raises(NeverOpen):
            ask()


@pytest.mark.parametrize(
    "hours", [((600, 540),), ((0, 60), (60, 120)), ((0, 60), (30, 90)), ((1300, 1500),), ((-1, 5),)]
)
def test_hours_that_make_no_sense_are_refused(hours: Hours) -> None:
    with pytest.raises(ValueError, match="ascending"):
        WorkingTime(ZoneInfo("UTC"), (hours,) * 7)  # type: ignore[arg-type]


def test_time_gone_by_cannot_be_added() -> None:
    with pytest.raises(ValueError, match="to come"):
        office().add(berlin("2026-01-01T00:00"), -MINUTE)
