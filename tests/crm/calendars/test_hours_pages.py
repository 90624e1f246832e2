from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.test import Client

from crm.calendars.models import Absence, BusinessCalendar, OwnDay
from crm.calendars.services import absence_create, calendar_create
from crm.company.selectors import company_day
from crm.staff.models import User

SignIn = Callable[[User], Client]
WEEK = {f"day{day}_0_{word}": at for day in range(5) for word, at in (("from", "09:00"), ("to", "17:30"))}


def sent(**more: Any) -> dict[str, Any]:
    return {"name": "Berlin", "time_zone": "Europe/Berlin", "country": "DE", "region": "", **WEEK, **more}


@pytest.fixture
def calendar(admin: User) -> BusinessCalendar:
    values = {"name": "Berlin", "time_zone": "Europe/Berlin", "country": "DE"}
    return calendar_create(actor=admin, values=values)


def test_before_hours_are_set_the_page_says_what_is_assumed(admin: User, sign_in: SignIn) -> None:
    page = sign_in(admin).get("/settings/hours/").content.decode()
    assert "Mon–Fri 09:00–17:00 in Europe/Berlin" in page


def test_a_calendar_is_made_with_its_week(admin: User, sign_in: SignIn) -> None:
    more = {"day0_1_from": "18:00", "day0_1_to": "00:00", "day6_0_from": "00:00", "day6_0_to": "00:00"}
    answer = sign_in(admin).post("/settings/hours/new/", sent(**more))
    calendar = BusinessCalendar.objects.get()
    assert answer.headers["Location"] == f"/settings/hours/{calendar.pk}/"
    assert calendar.hours_text == ("Mon 09:00–17:30, 18:00–24:00; Tue–Fri 09:00–17:30; Sun all day")
    page = sign_in(admin).get(answer.headers["Location"]).content.decode()
    assert 'name="day0_1_to" value="00:00"' in page


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({"day0_1_from": "17:00", "day0_1_to": "18:00"}, "A span begins before the one before it ends"),
        ({"day2_1_from": "18:00"}, "A span needs both times"),
        ({"day2_0_to": "08:00"}, "A span begins before"),
        ({"day2_0_to": "noon"}, "Enter a valid time"),
        ({"time_zone": "Mars/Olympus"}, "Select a valid choice"),
        ({"country": "XX"}, "Select a valid choice"),
        ({"name": ""}, "required"),
    ],
)
def test_what_makes_no_sense_is_told_at_its_day(
    admin: User, sign_in: SignIn, unchanged: Callable[[], None], more: dict[str, str], told: str
) -> None:
    client = sign_in(admin)
    unchanged()
    answer = client.post("/settings/hours/new/", sent(**more))
    assert answer.status_code == 422
    assert told in answer.content.decode()
    assert "09:00" in answer.content.decode()
    unchanged()


def test_two_at_once_are_told(admin: User, sign_in: SignIn, calendar: BusinessCalendar) -> None:
    client, place = sign_in(admin), f"/settings/hours/{calendar.pk}/"
    assert client.post(place, sent(version=1)).status_code == 302
    answer = client.post(place, sent(version=1, name="Other"))
    assert answer.status_code == 409
    assert "changed by somebody else" in answer.content.decode()
    assert BusinessCalendar.objects.get().name == "Berlin"


def test_a_holiday_on_which_one_works_and_back(
    admin: User, sign_in: SignIn, calendar: BusinessCalendar
) -> None:
    client, place = sign_in(admin), f"/settings/hours/{calendar.pk}/"
    client.post(f"{place}days/", {"day_on": "2026-12-25", "name": "Christmas Day", "is_open": "on"})
    day = OwnDay.objects.get()
    assert day.is_open
    page = client.get(f"{place}?year=2026").content.decode()
    assert f"{place}days/{day.pk}/remove/" in page
    answer = client.post(f"{place}days/{day.pk}/remove/")
    assert answer.headers["Location"] == f"{place}?year=2026#days"
    assert OwnDay.objects.count() == 0


@pytest.mark.parametrize("day", ["", "tomorrow", "0001-01-01", "2026-02-30"])
def test_a_day_that_is_none_is_refused(
    admin: User, sign_in: SignIn, calendar: BusinessCalendar, unchanged: Callable[[], None], day: str
) -> None:
    client = sign_in(admin)
    unchanged()
    assert client.post(f"/settings/hours/{calendar.pk}/days/", {"day_on": day}).status_code == 422
    unchanged()


@pytest.mark.parametrize("year", ["", "x", "99999", "-1", "²"])
def test_a_year_that_is_none_is_this_one(
    admin: User, sign_in: SignIn, calendar: BusinessCalendar, year: str
) -> None:
    answer = sign_in(admin).get(f"/settings/hours/{calendar.pk}/", {"year": year})
    assert f"Days off in {company_day().year}" in answer.content.decode()


def test_the_list_costs_the_same_for_many(
    admin: User, sign_in: SignIn, calendar: BusinessCalendar, count_queries: Callable[[], Any]
) -> None:
    client = sign_in(admin)
    client.get("/settings/hours/")
    for number in range(5):
        BusinessCalendar.objects.create(name=f"Calendar {number}", time_zone="UTC")
    with count_queries() as queries:
        client.get("/settings/hours/")
    assert len(queries) <= 20


def test_one_notes_an_absence_and_is_back(rep: User, agent: User, sign_in: SignIn) -> None:
    client = sign_in(rep)
    days = {"starts_on": "2030-12-21", "ends_on": "2030-12-31", "substitute": agent.pk, "note": "Skiing"}
    assert client.post("/settings/out-of-office/", days).status_code == 302
    absence = Absence.objects.get()
    assert (absence.owner, absence.substitute) == (rep, agent)
    assert "Agent stands in" in client.get("/settings/out-of-office/").content.decode()
    assert "Rep · 21 Dec 2030" in sign_in(agent).get("/settings/out-of-office/").content.decode()
    assert client.post(f"/settings/out-of-office/{absence.pk}/delete/").status_code == 302
    assert Absence.objects.count() == 0


def test_a_rep_enters_nobody_else_a_manager_does(
    rep: User, agent: User, manager: User, sign_in: SignIn
) -> None:
    days = {"starts_on": "2030-12-21", "ends_on": "2030-12-31", "owner": agent.pk}
    assert sign_in(rep).post("/settings/out-of-office/", days).status_code == 422
    assert Absence.objects.count() == 0
    assert sign_in(manager).post("/settings/out-of-office/", days).status_code == 302
    assert Absence.objects.get().owner == agent


def test_one_does_not_remove_the_absence_of_a_colleague(
    rep: User, agent: User, sign_in: SignIn, unchanged: Callable[[], None]
) -> None:
    day = date(2030, 1, 1)
    absence = absence_create(actor=agent, owner=agent, starts_on=day, ends_on=day)
    client = sign_in(rep)
    unchanged()
    assert client.post(f"/settings/out-of-office/{absence.pk}/delete/").status_code == 403
    unchanged()


def test_days_that_meet_another_absence_are_told_at_the_field(rep: User, sign_in: SignIn) -> None:
    client, days = sign_in(rep), {"starts_on": "2030-12-21", "ends_on": "2030-12-31"}
    client.post("/settings/out-of-office/", days)
    answer = client.post("/settings/out-of-office/", days)
    assert answer.status_code == 422
    assert "These days meet another absence" in answer.content.decode()
