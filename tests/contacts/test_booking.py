"""Others book a meeting: only what is free, each time once, and nobody learns who is known."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core import signing
from django.db import connections
from django.http import Http404
from django.test import Client
from django.utils import timezone

from contacts.agenda.free import starts
from contacts.agenda.offered import offered
from contacts.models import Booking, BookingPage, Customer, Task
from contacts.services import booking as services
from contacts.services.booking import (
    Taken,
    booking_cancel,
    booking_move,
    booking_page_create,
    meeting_book,
)
from contacts.services.engagement import task_create
from crm.access.models import Role
from crm.calendars.services import absence_create
from crm.mail.models import OutgoingMail
from crm.notifications.models import Notification
from crm.publicforms.guard import FASTEST, Guard
from crm.staff.models import User
from tests.conftest import database_rows

SignIn = Callable[[User], Client]
BERLIN = ZoneInfo("Europe/Berlin")
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
VALUES = {
    "title": "Introduction",
    "slug": "intro",
    "text": "",
    "location": "Video",
    "minutes": 60,
    "buffer_minutes": 0,
    "notice_hours": 24,
    "days_ahead": 60,
    "is_open": True,
}
WHO = {"name": "Nina Novak", "email": "nina@novak.example", "note": "Two machines"}


def weekday() -> date:
    """A Tuesday to Thursday a good week ahead, without a holiday around it in these tests."""
    day = timezone.now().date() + 8 * DAY
    while day.weekday() not in (1, 2, 3) or (day.month, day.day) in {
        (12, 24),
        (12, 25),
        (12, 26),
        (1, 1),
        (1, 6),
        (5, 1),
    }:
        day += DAY
    return day


def at(hour: int, minute: int = 0, day: date | None = None) -> datetime:
    day = day or weekday()
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=BERLIN).astimezone(UTC)


@pytest.fixture
def bookable(rep: User) -> BookingPage:
    return booking_page_create(actor=rep, values=VALUES)


def times(bookable: BookingPage, day: date | None = None) -> list[str]:
    day = day or weekday()
    return [f"{found.astimezone(BERLIN):%H:%M}" for found in offered(bookable, day, day)]


# --- what is offered ------------------------------------------------------------------------------------------------


def test_half_hours_with_room_until_the_doors_close() -> None:
    nine, noon = at(9), at(12)
    found = starts([(nine, noon)], [(at(10), at(10, 30))], HOUR, timedelta(0), at(9))
    assert list(found) == [at(9), at(10, 30), at(11)]


def test_a_pause_is_kept_on_both_sides() -> None:
    found = starts([(at(9), at(13))], [(at(11), at(11, 30))], HOUR, timedelta(minutes=30), at(9))
    assert list(found) == [at(9), at(9, 30), at(12)]


def test_only_open_hours_are_offered_and_not_what_is_planned(rep: User, bookable: BookingPage) -> None:
    values = {"title": "x", "kind": "meeting", "starts_at": at(10), "ends_at": at(12)}
    task_create(actor=rep, values=values)
    assert times(bookable) == [
        "09:00",
        "12:00",
        "12:30",
        "13:00",
        "13:30",
        "14:00",
        "14:30",
        "15:00",
        "15:30",
        "16:00",
    ]
    assert times(bookable, weekday() + (5 - weekday().weekday()) * DAY) == []  # a Saturday


def test_nothing_is_offered_while_one_is_away_too_soon_or_too_far_ahead(
    rep: User, bookable: BookingPage
) -> None:
    absence_create(actor=rep, owner=rep, starts_on=weekday(), ends_on=weekday())
    assert times(bookable) == []
    assert times(bookable, timezone.now().date()) == []
    assert offered(bookable, timezone.now().date() + 70 * DAY, timezone.now().date() + 80 * DAY) == []


# --- booking --------------------------------------------------------------------------------------------------------


def test_a_booking_makes_the_meeting_the_customer_and_tells_both(rep: User, bookable: BookingPage) -> None:
    booking, token = meeting_book(page=bookable, at=at(10), time_zone="America/New_York", **WHO)
    task = booking.task
    assert (task.owner, task.starts_at, task.ends_at, task.location) == (rep, at(10), at(11), "Video")
    assert task.customer is not None
    assert (task.customer.name, task.customer.owner) == ("Nina Novak", rep)
    mail = OutgoingMail.objects.get(kind="booking")
    assert mail.to == "nina@novak.example"
    assert "04:00 (America/New_York)" in mail.text
    assert token in mail.text
    assert "BEGIN:VEVENT" in mail.calendar
    assert token not in booking.digest
    assert "Nina Novak booked Introduction" in Notification.objects.get(user=rep, kind="booked").text
    assert "10:00" not in times(bookable)


def test_who_is_known_is_not_made_again(bookable: BookingPage, customer: Customer) -> None:
    booking, _token = meeting_book(page=bookable, at=at(10), name="Somebody", email="ADA@lindqvist.example")
    assert booking.task.customer == customer
    assert Customer.objects.count() == 1


def test_a_customer_whom_the_host_may_not_see_stays_unknown_to_them(
    rep: User, agent: User, bookable: BookingPage, customer: Customer
) -> None:
    Customer.objects.filter(pk=customer.pk).update(owner=agent, team=agent.teams.get())
    Role.objects.filter(users=rep).update(
        matrix={"contacts.task": {"create": "all", "view": "own"}, "contacts.customer": {"view": "own"}}
    )
    booking, _token = meeting_book(page=bookable, at=at(10), name="Ada", email="ada@lindqvist.example")
    assert booking.task.customer is None
    assert "ada@lindqvist.example" in booking.task.notes


def test_a_stranger_names_nobody(rep: User, manager: User, bookable: BookingPage) -> None:
    meeting_book(
        page=bookable,
        at=at(10),
        **WHO | {"note": f"@[x](user:{manager.pk})", "name": f"@[y](user:{manager.pk})"},
    )
    meeting_book(page=bookable, at=at(14), name="@Manager", email="x@x.example", note="Ask @Manager")
    assert not Notification.objects.filter(user=manager).exists()


@pytest.mark.parametrize("when", [(3, 0), (9, 10), (20, 0)])
def test_a_time_that_is_not_offered_is_not_given(when: tuple[int, int], bookable: BookingPage) -> None:
    before = database_rows()
    with pytest.raises(Taken):
        meeting_book(page=bookable, at=at(*when), **WHO)
    assert database_rows() == before


def rush(bookable: BookingPage, count: int = 6) -> list[str]:
    """So many at once for the same time."""
    ready, told = threading.Barrier(count), []

    def one(index: int) -> None:
        try:
            ready.wait()
            meeting_book(page=BookingPage.objects.select_related("user").get(), at=at(10), name=f"N{index}",
                         email=f"n{index}@x.example")  # fmt: skip
            told.append("booked")
        except Taken:
            told.append("taken")
        finally:
            connections.close_all()

    threads = [threading.Thread(target=one, args=(index,)) for index in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(told)


@pytest.mark.django_db(transaction=True)
def test_a_time_is_given_once_whoever_asks_at_once(bookable: BookingPage) -> None:
    assert rush(bookable) == ["booked", *["taken"] * 5]
    assert Task.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_without_the_lock_it_is_given_several_times(
    bookable: BookingPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative twin: with everybody past the look before anybody writes."""
    looked = threading.Barrier(3)
    real = services.is_offered

    def slow(bookable: BookingPage, start: datetime, *, apart_from: int = 0) -> bool:
        free = real(bookable, start, apart_from=apart_from)
        looked.wait(timeout=10)
        return free

    monkeypatch.setattr(services, "hold", lambda page: page.user)
    monkeypatch.setattr(services, "is_offered", slow)
    assert rush(bookable, 3) == ["booked"] * 3


# --- moving and cancelling ------------------------------------------------------------------------------------------


def test_what_was_booked_is_moved_within_its_own_hour_and_cancelled_once(
    rep: User, bookable: BookingPage
) -> None:
    booking, token = meeting_book(page=bookable, at=at(10), **WHO)
    booking_move(booking=booking, at=at(10, 30), token=token)  # it does not stand in its own way
    booking.task.refresh_from_db()
    assert (booking.task.starts_at, booking.task.ends_at) == (at(10, 30), at(11, 30))
    for _time in range(2):
        booking_cancel(booking=booking, token=token)
    booking.task.refresh_from_db()
    assert booking.task.deleted_at is not None
    assert OutgoingMail.objects.filter(kind="booking").count() == 3
    assert "METHOD:CANCEL" in OutgoingMail.objects.filter(kind="booking").latest("pk").calendar
    assert "10:30" in times(bookable)
    with pytest.raises(Http404):
        booking_move(booking=booking, at=at(14), token=token)


def test_what_is_over_is_not_moved(rep: User, bookable: BookingPage) -> None:
    booking, token = meeting_book(page=bookable, at=at(10), **WHO)
    past = timezone.now() - HOUR
    Task.objects.filter(pk=booking.task_id).update(starts_at=past, ends_at=past + HOUR)
    with pytest.raises(Http404):
        booking_move(booking=booking, at=at(14), token=token)
    with pytest.raises(Http404):
        booking_cancel(booking=booking, token=token)


# --- the public page --------------------------------------------------------------------------------------------------


@contextmanager
def patience(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A stamp that is old enough for a person to have filled in the form."""
    real = signing.time.time
    with monkeypatch.context() as patch:
        patch.setattr(signing.time, "time", lambda: real() - FASTEST.total_seconds() - 1)
        stamp = Guard("booking").new_stamp()
    yield stamp


def sent(stamp: str, **more: str) -> dict[str, str]:
    return {"at": at(10).strftime("%Y%m%dT%H%MZ"), **WHO, "shown_at": stamp, "website_url": "", **more}


def test_a_visitor_books_sees_it_and_cancels(bookable: BookingPage, monkeypatch: pytest.MonkeyPatch) -> None:
    client = Client()
    first = client.get(f"/book/intro/?zone=Asia/Tokyo&from={weekday()}").content.decode()
    assert f"{at(10).astimezone(ZoneInfo('Asia/Tokyo')):%H:%M}" in first
    with patience(monkeypatch) as stamp:
        answer = client.post("/book/intro/?zone=Asia/Tokyo", sent(stamp))
    assert answer.status_code == 302
    address = answer.headers["Location"]
    assert "Introduction" in client.get(address).content.decode()
    assert client.get(f"{address}meeting.ics").content.startswith(b"BEGIN:VCALENDAR")
    assert Booking.objects.get().time_zone == "Asia/Tokyo"
    client.post(address)
    assert Booking.objects.get().cancelled_at is not None
    assert "Cancelled" in client.get(address).content.decode()


def test_who_is_late_is_told_and_offered_other_times(
    bookable: BookingPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    meeting_book(page=bookable, at=at(10), name="First", email="first@x.example")
    with patience(monkeypatch) as stamp:
        answer = Client().post(f"/book/intro/?from={weekday()}", sent(stamp))
    assert answer.status_code == 409
    assert "taken meanwhile" in answer.content.decode()
    assert Booking.objects.count() == 1


@pytest.mark.parametrize(
    ("more", "status"),
    [
        ({"email": "no address"}, 422),
        ({"name": ""}, 422),
        ({"name": "\u200b"}, 422),
        ({"at": "soon"}, 422),
        ({"at": "99999999T9999Z"}, 422),
        ({"shown_at": "forged"}, 422),
        ({"website_url": "http://spam.example"}, 200),
    ],
)
def test_bad_input_books_nothing(
    more: dict[str, str], status: int, bookable: BookingPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    with patience(monkeypatch) as stamp:
        assert Client().post("/book/intro/", sent(stamp) | more).status_code == status
    assert not Booking.objects.exists()
    assert not Customer.objects.exists()


@pytest.mark.parametrize(
    "query", ["zone=../../etc/passwd", "zone=x", "from=9999-12-31", "from=x", "at=x", "move="]
)
def test_whatever_the_address_says_times_are_shown(query: str, bookable: BookingPage) -> None:
    assert Client().get(f"/book/intro/?{query}").status_code == 200


def test_a_closed_page_one_of_who_left_and_a_guess_are_the_same_404(rep: User, bookable: BookingPage) -> None:
    client = Client()
    assert client.get("/book/intro/").status_code == 200
    assert client.get("/book/intro/?move=guess").status_code == 404
    for path in ("/book/nothing/", "/book/m/guess/", "/book/m/guess/meeting.ics"):
        assert client.get(path).status_code == 404
    BookingPage.objects.update(is_open=False)
    assert client.get("/book/intro/").status_code == 404
    BookingPage.objects.update(is_open=True)
    User.objects.filter(pk=rep.pk).update(is_active=False)
    assert client.get("/book/intro/").status_code == 404


def test_the_link_of_one_meeting_moves_no_other(
    rep: User, bookable: BookingPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = booking_page_create(actor=rep, values=VALUES | {"slug": "other"})
    _booking, token = meeting_book(page=bookable, at=at(10), **WHO)
    assert Client().get(f"/book/{other.slug}/?move={token}").status_code == 404
    with patience(monkeypatch) as stamp:
        data = {"at": at(14).strftime("%Y%m%dT%H%MZ"), "shown_at": stamp}
        assert Client().post(f"/book/intro/?move={token}", data).status_code == 302
    assert Task.objects.get().starts_at == at(14)


# --- the settings ---------------------------------------------------------------------------------------------------


def test_a_page_is_made_and_edited_by_its_owner_alone(
    rep: User, agent: User, sign_in: SignIn, unchanged: Callable[[], None]
) -> None:
    client, other = sign_in(rep), sign_in(agent)
    data = {name: str(value) for name, value in VALUES.items()} | {"is_open": "on", "slug": "Intro-1"}
    assert client.post("/settings/booking/new/", data).status_code == 302
    page = BookingPage.objects.get()
    assert page.slug == "intro-1"
    assert "/book/intro-1/" in client.get("/settings/booking/").content.decode()
    unchanged()
    address = f"/settings/booking/{page.pk}/"
    assert other.get(address).status_code == 404
    assert other.post(address, data | {"version": "1"}).status_code == 404
    for bad in ({"minutes": "0"}, {"slug": "a b"}, {"slug": "ab"}, {"days_ahead": "9999"}, {"title": ""}):
        assert client.post(address, data | {"version": "1"} | bad).status_code == 422, bad
    unchanged()
    assert client.post(address, data | {"version": "1", "minutes": "45"}).status_code == 302
    assert client.post(address, data | {"version": "1", "minutes": "20"}).status_code == 409
    page.refresh_from_db()
    assert page.minutes == 45
