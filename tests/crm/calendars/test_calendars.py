from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404

from crm.audit.models import AuditEntry
from crm.calendars.hours import week_in_words
from crm.calendars.models import BusinessCalendar, OwnDay
from crm.calendars.public_holidays import countries, public_holidays, regions
from crm.calendars.selectors import special_days, working_time
from crm.calendars.services import (
    calendar_create,
    calendar_delete,
    calendar_edit,
    calendar_make_default,
    own_day_remove,
    own_day_set,
)
from crm.company.models import Company
from crm.records.errors import StaleRecord
from crm.staff.models import User

CHRISTMAS = date(2026, 12, 25)


@pytest.fixture
def calendar(admin: User) -> BusinessCalendar:
    values = {"name": "Berlin", "time_zone": "Europe/Berlin", "country": "DE", "region": "BE"}
    return calendar_create(actor=admin, values=values)


def noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=UTC)


@pytest.mark.django_db
def test_before_anybody_set_hours_the_company_works_nine_to_five_in_its_zone(company: Company) -> None:
    open_at = working_time().next_open(datetime(2026, 11, 28, tzinfo=UTC))
    assert open_at == datetime(2026, 11, 30, 8, tzinfo=UTC)
    assert not working_time().is_open(noon(CHRISTMAS))


def test_the_first_calendar_is_the_default_and_the_next_is_not(
    admin: User, calendar: BusinessCalendar
) -> None:
    other = calendar_create(actor=admin, values={"name": "Oslo", "time_zone": "Europe/Oslo"})
    assert (calendar.is_default, other.is_default) == (True, False)
    calendar_make_default(actor=admin, calendar=other)
    assert list(BusinessCalendar.objects.filter(is_default=True)) == [other]


def test_holidays_of_the_region_are_off_and_own_days_have_the_last_word(
    admin: User, calendar: BusinessCalendar
) -> None:
    womens_day = date(2027, 3, 8)  # in Berlin, not in Bavaria
    assert not working_time(calendar).is_open(noon(womens_day))
    own_day_set(actor=admin, calendar=calendar, day=womens_day, is_open=True)
    own_day_set(actor=admin, calendar=calendar, day=date(2026, 12, 24), name="Christmas Eve")
    hours = working_time(calendar)
    assert hours.is_open(noon(womens_day))
    assert not hours.is_open(noon(date(2026, 12, 24)))
    assert not hours.is_open(noon(CHRISTMAS))
    assert hours.is_open(noon(date(2026, 12, 23)))


def test_special_days_of_a_year_stand_in_order_with_what_was_changed(
    admin: User, calendar: BusinessCalendar
) -> None:
    own_day_set(actor=admin, calendar=calendar, day=date(2026, 12, 24), name="Christmas Eve")
    own_day_set(actor=admin, calendar=calendar, day=CHRISTMAS, is_open=True)
    days = special_days(calendar, 2026)
    assert [day.on for day in days] == sorted(day.on for day in days)
    assert [(day.on.day, day.is_open, day.is_public) for day in days if day.on.month == 12] == [
        (24, False, False),
        (25, True, True),
        (26, False, True),
    ]


def test_a_day_that_is_taken_back_is_what_the_state_says(admin: User, calendar: BusinessCalendar) -> None:
    day = own_day_set(actor=admin, calendar=calendar, day=CHRISTMAS, is_open=True)
    own_day_remove(actor=admin, own_day=day)
    assert not working_time(calendar).is_open(noon(CHRISTMAS))
    assert AuditEntry.objects.filter(object_type="calendars.businesscalendar").count() == 3


def test_an_edit_of_an_old_version_is_refused(admin: User, calendar: BusinessCalendar) -> None:
    calendar_edit(actor=admin, calendar=calendar, values={"name": "Berlin office"}, version=1)
    old = BusinessCalendar.objects.get()
    with pytest.raises(StaleRecord):
        calendar_edit(actor=admin, calendar=old, values={"name": "Elsewhere"}, version=1)


@pytest.mark.parametrize(
    "values",
    [
        {"week": [[[540, 1020]]] * 6},
        {"week": [[[1020, 540]]] * 7},
        {"week": [[["nine", 1020]]] * 7},
        {"week": "always"},
        {"is_default": True},
    ],
)
def test_values_that_make_no_sense_are_refused(
    admin: User, calendar: BusinessCalendar, values: dict[str, Any], unchanged: Callable[[], None]
) -> None:
    unchanged()
    with pytest.raises(ValidationError):
        calendar_edit(actor=admin, calendar=calendar, values=values, version=calendar.version)
    unchanged()


def test_two_calendars_do_not_share_a_name(
    admin: User, calendar: BusinessCalendar, unchanged: Callable[[], None]
) -> None:
    unchanged()
    with pytest.raises(ValidationError, match="another calendar"):
        calendar_create(actor=admin, values={"name": "Berlin", "time_zone": "UTC"})
    unchanged()


def test_the_default_cannot_be_deleted_another_can(admin: User, calendar: BusinessCalendar) -> None:
    other = calendar_create(actor=admin, values={"name": "Oslo", "time_zone": "Europe/Oslo"})
    own_day_set(actor=admin, calendar=other, day=CHRISTMAS)
    with pytest.raises(ValidationError):
        calendar_delete(actor=admin, calendar=calendar)
    calendar_delete(actor=admin, calendar=other)
    assert (BusinessCalendar.objects.count(), OwnDay.objects.count()) == (1, 0)


def test_others_change_nothing(rep: User, calendar: BusinessCalendar, unchanged: Callable[[], None]) -> None:
    unchanged()
    with pytest.raises(PermissionDenied):
        calendar_create(actor=rep, values={"name": "Mine", "time_zone": "UTC"})
    for verb in (calendar_make_default, calendar_delete):
        with pytest.raises(Http404):
            verb(actor=rep, calendar=calendar)
    with pytest.raises(Http404):
        own_day_set(actor=rep, calendar=calendar, day=CHRISTMAS)
    unchanged()


def test_the_week_in_words() -> None:
    office = ((540, 1020),)
    with_break = ((480, 720), (780, 1020))
    assert week_in_words((office,) * 5 + ((), ())) == "Mon–Fri 09:00–17:00"
    mixed = (with_break, with_break, office, (), (), ((0, 1440),), ())
    assert week_in_words(mixed) == "Mon–Tue 08:00–12:00, 13:00–17:00; Wed 09:00–17:00; Sat all day"
    assert week_in_words(((),) * 7) == "never open"  # type: ignore[arg-type]


def test_countries_regions_and_their_holidays_are_known() -> None:
    assert {"DE", "US", "JP", "BR"} <= countries()
    assert ("BY", "Bayern") in regions("DE")
    assert regions("XX") == ()
    assert public_holidays("DE", "BY", 2026)[date(2026, 1, 6)] == "Epiphany"
    assert date(2026, 1, 6) not in public_holidays("DE", "BE", 2026)
    assert public_holidays("XX", "", 2026) == {}
    assert public_holidays("DE", "gone", 2026) == public_holidays("DE", "", 2026)


@pytest.mark.django_db
def test_a_year_of_reckoning_asks_the_database_once(
    company: Company, calendar: BusinessCalendar, count_queries: Callable[[], Any]
) -> None:
    with count_queries() as queries:
        hours = working_time(calendar)
        start = noon(date(2026, 1, 1))
        for days in range(365):
            hours.add(start + timedelta(days=days), timedelta(hours=12))
    assert len(queries) == 1
