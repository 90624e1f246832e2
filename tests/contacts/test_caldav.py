"""A calendar of another server (a real one): what is written there, what is read from there, what goes wrong."""

import socket
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import timezone

from contacts.agenda.offered import is_offered, offered
from contacts.caldav import client as client_module
from contacts.caldav.client import FoundCalendar
from contacts.models import CalendarAccount, CalendarEvent, CalendarLink, CalendarTime, Customer, Task
from contacts.services.booking import booking_page_create
from contacts.services.calendar_account import calendar_connect, calendar_edit, calendars_ask
from contacts.services.calendar_sync import account_sync
from contacts.services.engagement import task_create, task_delete, task_edit
from crm.jobs.models import Job
from crm.jobs.services import TryLater
from crm.staff.models import User
from tests.contacts.caldav_server import PASSWORD, USER, CalendarServer, begin, caldav_server, event, stamp

SignIn = Callable[[User], Client]
HOUR = timedelta(hours=1)


@pytest.fixture
def server(tmp_path: Path, settings: Any) -> Iterator[CalendarServer]:
    settings.OUTGOING_LOOPBACK = True
    with caldav_server(tmp_path) as found:
        yield found


@pytest.fixture
def calendar(server: CalendarServer) -> str:
    return server.make("work")


@pytest.fixture
def account(rep: User, server: CalendarServer, calendar: str) -> CalendarAccount:
    values = {"name": "My phone", "url": server.url, "username": USER}
    found = [FoundCalendar(calendar, "Work")]
    return calendar_connect(actor=rep, values=values, password=PASSWORD, found=found)


def sync(account: CalendarAccount) -> CalendarAccount:
    """As often as it asks for."""
    for _time in range(5):
        try:
            account_sync(account.pk)
        except TryLater:
            continue
        break
    account.refresh_from_db()
    return account


def meeting(actor: User, **values: Any) -> Task:
    given = {"title": "Tasting", "kind": "meeting", "starts_at": begin(), "ends_at": begin() + HOUR} | values
    return task_create(actor=actor, values=given)


# --- connecting --------------------------------------------------------------------------------------------------


def test_the_calendars_of_a_server_are_found_from_its_address(server: CalendarServer, rep: User) -> None:
    work, home = server.make("work"), server.make("home")
    found = calendars_ask(actor=rep, url=server.url, username=USER, password=PASSWORD)
    assert {(one.url, one.name) for one in found} == {(work, "Work"), (home, "Home")}
    alone = calendars_ask(actor=rep, url=work, username=USER, password=PASSWORD)
    assert [one.url for one in alone] == [work]


def test_a_wrong_password_is_told_at_its_field(server: CalendarServer, calendar: str, rep: User) -> None:
    with pytest.raises(ValidationError) as refused:
        calendars_ask(actor=rep, url=server.url, username=USER, password="guess")
    assert "app password" in refused.value.message_dict["password"][0]


@pytest.mark.parametrize("manners", ["garbage", "entities", "busy", "lost"])
def test_what_is_no_answer_of_a_calendar_server_is_told(
    server: CalendarServer, rep: User, manners: str
) -> None:
    server.manners = manners
    with pytest.raises(ValidationError) as refused:
        calendars_ask(actor=rep, url=server.url, username=USER, password=PASSWORD)
    assert set(refused.value.message_dict) == {"url"}


def test_a_server_that_says_nothing_is_left(
    server: CalendarServer, rep: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client_module, "SECONDS", 0.3)
    server.manners = "hang"
    with pytest.raises(ValidationError, match="too slow"):
        calendars_ask(actor=rep, url=server.url, username=USER, password=PASSWORD)


def test_a_password_never_leaves_unencrypted_or_for_an_inner_address(rep: User, settings: Any) -> None:
    for url, told in (("http://127.0.0.1/", "https"), ("https://127.0.0.1/", "inside a network")):
        with pytest.raises(ValidationError, match=told):
            calendars_ask(actor=rep, url=url, username=USER, password=PASSWORD)


def test_the_password_is_kept_encrypted_and_a_calendar_once(account: CalendarAccount, rep: User) -> None:
    assert PASSWORD not in account.secret
    found = [FoundCalendar(account.calendar_url, "Work")]
    values = {"name": "Again", "url": account.url, "username": USER}
    with pytest.raises(ValidationError, match="already"):
        calendar_connect(actor=rep, values=values, password=PASSWORD, found=found)


# --- out ---------------------------------------------------------------------------------------------------------


def test_a_meeting_is_written_changed_and_deleted_there(
    account: CalendarAccount, server: CalendarServer, rep: User, customer: Customer
) -> None:
    task = meeting(rep, customer=customer, location="Roastery")
    assert Job.objects.filter(name="contacts.sync_calendar", key=account.pk, state="queued").exists()
    sync(account)
    (text,) = server.events(account.calendar_url).values()
    assert f"SUMMARY:Tasting ({customer.name})" in text
    assert "LOCATION:Roastery" in text
    task_edit(actor=rep, task=task, values={"title": "Cupping"}, version=task.version)
    sync(account)
    (text,) = server.events(account.calendar_url).values()
    assert "SUMMARY:Cupping" in text
    task_delete(actor=rep, task=task)
    sync(account)
    assert server.events(account.calendar_url) == {}
    assert not CalendarLink.objects.exists()


def test_only_their_own_calls_and_meetings_are_written(
    account: CalendarAccount, server: CalendarServer, rep: User, manager: User
) -> None:
    task_create(actor=rep, values={"title": "Send beans", "due_on": timezone.now().date()})
    task = meeting(manager, owner=rep)
    meeting(manager, title="Not theirs")
    sync(account)
    assert len(server.events(account.calendar_url)) == 1
    task.refresh_from_db()
    task_edit(actor=manager, task=task, values={"owner": manager}, version=task.version)
    sync(account)
    assert server.events(account.calendar_url) == {}


def test_the_other_calendar_knows_no_more_than_its_owner_wants(
    account: CalendarAccount, server: CalendarServer, rep: User, customer: Customer
) -> None:
    meeting(rep, customer=customer, location="Roastery", notes="Wants a discount")
    sync(account)
    account = calendar_edit(actor=rep, account=account, values={"detail": "title"}, version=account.version)
    sync(account)
    (text,) = server.events(account.calendar_url).values()
    assert "SUMMARY:Tasting" in text
    assert customer.name not in text
    account = calendar_edit(actor=rep, account=account, values={"detail": "busy"}, version=account.version)
    sync(account)
    (text,) = server.events(account.calendar_url).values()
    assert "SUMMARY:Busy" in text
    assert not [word for word in ("Tasting", "Roastery", "discount") if word in text]


def test_what_was_written_when_the_answer_was_lost_is_not_written_twice(
    account: CalendarAccount, server: CalendarServer, rep: User
) -> None:
    task = meeting(rep)
    sync(account)
    CalendarLink.objects.update(etag="", version=0)
    CalendarAccount.objects.update(sync_token="")
    sync(account)
    assert len(server.events(account.calendar_url)) == 1
    assert not CalendarEvent.objects.exists()
    assert CalendarLink.objects.get().version == task.version


def test_nothing_is_asked_twice_while_nothing_changes(
    account: CalendarAccount, server: CalendarServer, rep: User
) -> None:
    meeting(rep)
    sync(sync(account))
    server.asked.clear()
    sync(account)
    assert server.asked == ["REPORT"]


# --- in ----------------------------------------------------------------------------------------------------------


def test_an_event_there_is_read_followed_and_forgotten(
    account: CalendarAccount, server: CalendarServer
) -> None:
    href = f"{account.calendar_url}dentist.ics"
    etag = server.put(href, event())
    sync(account)
    one = CalendarTime.objects.get()
    assert (one.title, one.starts_at, one.ends_at, one.is_busy) == ("Dentist", begin(), begin() + HOUR, True)
    server.put(href, event(starts=begin(2)), etag)
    sync(account)
    assert CalendarTime.objects.get().starts_at == begin(2)
    server.client().delete(href, "")
    sync(account)
    assert not CalendarEvent.objects.exists()


def test_a_server_that_does_not_count_changes_is_compared(
    account: CalendarAccount, server: CalendarServer, rep: User
) -> None:
    server.manners = "no counting"
    href = f"{account.calendar_url}dentist.ics"
    server.put(href, event())
    task = meeting(rep)
    sync(account)
    assert (account.sync_token, CalendarTime.objects.count(), len(server.events(account.calendar_url))) == (
        "",
        1,
        2,
    )
    server.client().delete(href, "")
    task_delete(actor=rep, task=task)
    sync(account)
    assert (CalendarTime.objects.count(), len(server.events(account.calendar_url))) == (0, 0)


def test_a_series_is_every_time_of_it_but_the_one_that_was_moved_or_left_out(
    account: CalendarAccount, server: CalendarServer
) -> None:
    left_out = f"RRULE:FREQ=DAILY;COUNT=4\r\nEXDATE:{stamp(begin(3))}\r\n"
    server.put(f"{account.calendar_url}gym.ics", event("gym", more=left_out, title="Gym"))
    sync(account)
    assert list(CalendarTime.objects.order_by("starts_at").values_list("starts_at", flat=True)) == [
        begin(1), begin(2), begin(4),
    ]  # fmt: skip


def test_a_series_of_each_second_and_an_event_that_cannot_be_read_stop_nothing(
    account: CalendarAccount, server: CalendarServer
) -> None:
    server.put(f"{account.calendar_url}bomb.ics", event("bomb", more="RRULE:FREQ=SECONDLY\r\n"))
    server.put(f"{account.calendar_url}dentist.ics", event())
    assert sync(account).problem == ""
    assert list(CalendarTime.objects.values_list("title", flat=True)) == ["Dentist"]
    assert CalendarEvent.objects.exclude(problem="").count() == 1


def test_a_meeting_moved_there_moves_here(
    account: CalendarAccount, server: CalendarServer, rep: User
) -> None:
    task = meeting(rep)
    sync(account)
    (href,) = server.events(account.calendar_url)
    server.replace(href, f"DTSTART:{stamp(begin())}", f"DTSTART:{stamp(begin() - HOUR)}")
    sync(account)
    task.refresh_from_db()
    assert (task.starts_at, task.ends_at, task.version) == (begin() - HOUR, begin() + HOUR, 2)
    server.asked.clear()
    sync(account)
    assert "PUT" not in server.asked


@pytest.mark.parametrize("is_later_there", [True, False])
def test_of_two_moves_the_later_one_stands_and_its_owner_is_told(
    account: CalendarAccount, server: CalendarServer, rep: User, *, is_later_there: bool
) -> None:
    task = meeting(rep)
    sync(account)
    (href,) = server.events(account.calendar_url)
    server.replace(href, f"DTSTART:{stamp(begin())}", f"DTSTART:{stamp(begin() - HOUR)}")
    task_edit(actor=rep, task=task, values={"starts_at": begin() - 2 * HOUR}, version=task.version)
    if is_later_there:
        Task.objects.update(updated_at=timezone.now() - timedelta(days=1))
    sync(account)
    task.refresh_from_db()
    starts = begin() - (HOUR if is_later_there else 2 * HOUR)
    (text,) = server.events(account.calendar_url).values()
    assert task.starts_at == starts
    assert f"DTSTART:{stamp(starts)}" in text
    assert "moved here and in the other calendar" in CalendarLink.objects.get().note


def test_a_meeting_deleted_there_is_asked_about(
    account: CalendarAccount, server: CalendarServer, rep: User
) -> None:
    task = meeting(rep)
    sync(account)
    (href,) = server.events(account.calendar_url)
    server.client().delete(href, "")
    sync(sync(account))
    task.refresh_from_db()
    assert task.deleted_at is None
    assert CalendarLink.objects.get().gone_at is not None
    assert server.events(account.calendar_url) == {}


# --- trouble -----------------------------------------------------------------------------------------------------


def test_trouble_is_told_with_since_when_and_pauses_grow(
    account: CalendarAccount, server: CalendarServer
) -> None:
    server.manners = "busy"
    first = sync(account).problem_since
    pauses = [account.due_at - timezone.now(), sync(account).due_at - timezone.now()]
    assert pauses[0] < timedelta(minutes=1) < pauses[1]
    assert (account.failures, account.problem_since) == (2, first)
    assert "503" in account.problem
    server.manners = "good"
    assert (sync(account).problem, account.problem_since) == ("", None)


def test_a_server_that_is_not_there_is_a_problem(account: CalendarAccount) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}/"
        CalendarAccount.objects.update(url=url, calendar_url=f"{url}rep/work/")
        assert "not reached" in sync(account).problem


def test_one_worker_at_a_time_compares_a_calendar(account: CalendarAccount, server: CalendarServer) -> None:
    CalendarAccount.objects.update(held_until=timezone.now() + HOUR)
    with pytest.raises(TryLater):
        account_sync(account.pk)
    assert not [word for word in server.asked if word != "MKCALENDAR"]


# --- what it is good for -----------------------------------------------------------------------------------------


def test_its_owner_sees_the_title_and_a_colleague_that_they_are_busy(
    account: CalendarAccount, server: CalendarServer, rep: User, manager: User, sign_in: SignIn
) -> None:
    server.put(f"{account.calendar_url}dentist.ics", event())
    day = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//P//EN\r\nBEGIN:VEVENT\r\nUID:d\r\nSUMMARY:Holiday\r\n"
    when = f"DTSTART;VALUE=DATE:{begin():%Y%m%d}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    server.put(f"{account.calendar_url}day.ics", day + when)
    sync(account)
    for view in ("day", "week", "month", "list"):
        query = f"?view={view}&day={begin():%Y-%m-%d}&people={rep.pk}"
        own = sign_in(rep).get(f"/calendar/{query}").content.decode()
        others = sign_in(manager).get(f"/calendar/{query}").content.decode()
        assert ("Dentist" in own, "Holiday" in own) == (True, True), view
        assert ("Dentist" in others, "Holiday" in others, "Busy" in others) == (False, False, True), view


def test_nobody_can_book_when_the_other_calendar_is_busy(
    account: CalendarAccount, server: CalendarServer, rep: User
) -> None:
    values = {"title": "Intro", "slug": "intro", "minutes": 60, "buffer_minutes": 0, "notice_hours": 0}
    page = booking_page_create(
        actor=rep, values=values | {"text": "", "location": "", "days_ahead": 30, "is_open": True}
    )
    first = offered(page, begin().date(), begin(7).date())[0]
    server.put(f"{account.calendar_url}dentist.ics", event(starts=first))
    free = event("free", first + HOUR, "TRANSP:TRANSPARENT\r\n")
    server.put(f"{account.calendar_url}free.ics", free)
    sync(account)
    assert not is_offered(page, first)
    assert is_offered(page, first + HOUR)


def test_an_event_with_a_customer_becomes_a_meeting_with_one_click(
    account: CalendarAccount, server: CalendarServer, rep: User, customer: Customer, sign_in: SignIn
) -> None:
    href = f"{account.calendar_url}lunch.ics"
    server.put(href, event("lunch", title="Lunch", more="ATTENDEE:mailto:Ada@Lindqvist.example\r\n"))
    sync(account)
    time, client = CalendarTime.objects.get(), sign_in(rep)
    assert customer.name in client.get(f"/calendar/events/{time.pk}/").content.decode()
    for _twice in range(2):
        client.post(f"/calendar/events/{time.pk}/", {"customer": customer.pk})
    task = Task.objects.get()
    assert (task.title, task.customer, task.starts_at) == ("Lunch", customer, begin())
    sync(account)
    assert len(server.events(account.calendar_url)) == 1
    server.replace(href, f"DTSTART:{stamp(begin())}", f"DTSTART:{stamp(begin() - HOUR)}")
    sync(account)
    task.refresh_from_db()
    assert task.starts_at == begin() - HOUR
    assert client.get(f"/calendar/?view=list&day={begin():%Y-%m-%d}").content.decode().count("Lunch</a>") == 1


@pytest.mark.parametrize(
    ("answer", "stands_here", "stands_there"),
    [("delete", False, 0), ("again", True, 1), ("keep", True, 0)],
)
def test_its_owner_says_what_becomes_of_what_was_deleted_there(
    answer: str,
    stands_there: int,
    account: CalendarAccount,
    server: CalendarServer,
    rep: User,
    sign_in: SignIn,
    *,
    stands_here: bool,
) -> None:
    task = meeting(rep)
    sync(account)
    (href,) = server.events(account.calendar_url)
    server.client().delete(href, "")
    sync(account)
    client = sign_in(rep)
    assert (
        "was deleted in the other calendar"
        in client.get(f"/settings/calendar/{account.pk}/").content.decode()
    )
    client.post(f"/calendar/links/{CalendarLink.objects.get().pk}/answer/", {"answer": answer})
    sync(account)
    task.refresh_from_db()
    assert (task.deleted_at is None, len(server.events(account.calendar_url))) == (stands_here, stands_there)


def test_a_calendar_is_connected_on_its_page_and_asks_which_of_several(
    server: CalendarServer, rep: User, sign_in: SignIn
) -> None:
    work, _home = server.make("work"), server.make("home")
    client, page = sign_in(rep), "/settings/calendar/connect/"
    given = {"name": "Phone", "url": server.url, "username": USER, "password": "guess"}
    refused = client.post(page, given)
    assert (refused.status_code, "app password" in refused.content.decode()) == (422, True)
    assert not CalendarAccount.objects.exists()
    client.post(page, given | {"password": PASSWORD})
    account = CalendarAccount.objects.get()
    assert account.calendar_url == ""
    saved = {"version": account.version, "name": "Phone", "writes": "on", "detail": "all", "reads": "on"}
    place = f"/settings/calendar/{account.pk}/"
    assert client.post(place, saved | {"calendar_url": "https://evil.example/"}).status_code == 422
    assert client.post(place, saved | {"calendar_url": work}).status_code == 302
    assert client.post(place, saved | {"calendar_url": work, "name": "Other"}).status_code == 409
    assert PASSWORD not in client.get(place).content.decode()
    account.refresh_from_db()
    assert (account.calendar_url, account.name) == (work, "Phone")


def test_somebody_elses_calendar_is_not_there(
    account: CalendarAccount, manager: User, sign_in: SignIn, unchanged: Callable[[], None]
) -> None:
    client = sign_in(manager)
    unchanged()
    assert client.get(f"/settings/calendar/{account.pk}/").status_code == 404
    for part in ("", "check/", "disconnect/"):
        assert client.post(f"/settings/calendar/{account.pk}/{part}", {"name": "Mine"}).status_code == 404
    unchanged()


def test_one_event_that_the_server_does_not_take_is_told_once_and_holds_up_no_other(
    account: CalendarAccount, server: CalendarServer, rep: User
) -> None:
    task = meeting(rep, title="Unwanted")
    meeting(rep, title="Cupping", starts_at=begin(2), ends_at=begin(2) + HOUR)
    server.refuses = f"task-{task.pk}-"
    sync(account)
    assert len(server.events(account.calendar_url)) == 1
    assert "was not written" in CalendarLink.objects.get(task=task).note
    server.asked.clear()
    assert (sync(account).problem, "PUT" in server.asked) == ("", False)


def test_a_server_that_tells_no_versions_apart_is_written_to_all_the_same(
    account: CalendarAccount, server: CalendarServer, rep: User
) -> None:
    task = meeting(rep)
    sync(account)
    server.manners = "no versions"
    task_edit(actor=rep, task=task, values={"title": "Cupping"}, version=task.version)
    sync(account)
    (text,) = server.events(account.calendar_url).values()
    assert "Cupping" in text
