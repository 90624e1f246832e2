"""When the steps of a sequence are due. Pure."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from crm.calendars.arithmetic import NeverOpen, WorkingTime
from crm.calendars.hours import OFFICE_WEEK
from sales.sequence_clock import day_begins, next_day, step_due

HOLIDAY = date(2026, 12, 25)
HOURS = WorkingTime(
    zone=ZoneInfo("Europe/Berlin"), week=OFFICE_WEEK, days_off=lambda year: frozenset({HOLIDAY})
)
NEVER = WorkingTime(zone=ZoneInfo("UTC"), week=((),) * 7)


def berlin(day: int, hour: int, month: int = 11) -> datetime:
    return datetime(2026, month, day, hour, tzinfo=ZoneInfo("Europe/Berlin"))


@pytest.mark.parametrize(
    ("after", "days", "wanted"),
    [
        (berlin(26, 10), 0, berlin(26, 10)),  # a Thursday, open
        (berlin(26, 20), 0, berlin(27, 9)),  # closed: when it opens
        (berlin(26, 10), 1, berlin(27, 10)),  # the same time of the day
        (berlin(27, 10), 1, berlin(30, 10)),  # over the weekend
        (berlin(28, 10), 1, berlin(30, 10)),  # from a Saturday
        (berlin(26, 20), 1, berlin(30, 9)),  # after closing of the day it would be
        (berlin(24, 10, 12), 1, berlin(28, 10, 12)),  # over a holiday and a weekend
    ],
)
def test_a_step_waits_working_days(after: datetime, days: int, wanted: datetime) -> None:
    assert step_due(HOURS, after, days) == wanted


def test_a_company_that_never_opens_has_no_such_moment() -> None:
    with pytest.raises(NeverOpen):
        step_due(NEVER, berlin(26, 10), 2)


def test_the_next_day_is_one_that_opens() -> None:
    assert next_day(HOURS, berlin(27, 10)) == berlin(30, 9)


def test_a_day_begins_where_the_company_is() -> None:
    assert day_begins(HOURS, datetime(2026, 11, 26, 23, 30, tzinfo=UTC)) == berlin(27, 0)
