"""The secret address at which another calendar reads one's own."""

import re
from collections.abc import Callable
from datetime import UTC, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from icalendar import Calendar

from contacts.agenda.ics import feed_text
from contacts.models import CalendarFeed, Customer, Task
from contacts.services.engagement import task_create
from contacts.services.feed import MOST_FEEDS, feed_create, feed_revoke
from contacts.views import feeds
from crm.access.models import Role
from crm.publicforms.rate import Limit
from crm.staff.models import User

SignIn = Callable[[User], Client]
HOUR = timedelta(hours=1)


def address(feed_and_token: tuple[CalendarFeed, str]) -> str:
    return f"/calendar/feed/{feed_and_token[1]}.ics"


def meeting(actor: User, **values: Any) -> Task:
    begins = timezone.now().replace(microsecond=0) + HOUR
    given = {"title": "Tasting", "kind": "meeting", "starts_at": begins, "ends_at": begins + HOUR} | values
    return task_create(actor=actor, values=given)


def events(answer: Any) -> list[Any]:
    return list(Calendar.from_ical(answer.content).walk("VEVENT"))


def test_an_address_is_shown_once_and_its_secret_is_nowhere(rep: User, sign_in: SignIn) -> None:
    client = sign_in(rep)
    html = client.post("/settings/calendar/", {"name": "My phone", "with_tasks": "on"}).content.decode()
    found = re.search(r"/calendar/feed/([\w-]+)\.ics", html)
    assert found is not None
    assert len(found[1]) >= 22  # 128 bits
    assert found[1] not in CalendarFeed.objects.get().digest
    assert found[1] not in client.get("/settings/calendar/").content.decode()
    assert Client().get(found[0]).status_code == 200


def test_times_are_in_utc_and_days_are_days(rep: User, customer: Customer) -> None:
    task = meeting(rep, customer=customer, location="Roastery; room 1", remind_at=None)
    todo = task_create(actor=rep, values={"title": "Send beans", "due_on": timezone.now().date()})
    one, two = sorted(
        events(Client().get(address(feed_create(actor=rep, name="x")))), key=lambda e: e["summary"]
    )
    assert (two["summary"], two["location"]) == (f"Tasting ({customer.name})", "Roastery; room 1")
    assert two["dtstart"].dt == task.starts_at
    assert two["dtstart"].dt.utcoffset() == UTC.utcoffset(None)
    assert (one["dtstart"].dt, one["dtend"].dt) == (todo.due_on, todo.due_on + timedelta(days=1))


def test_hostile_text_stays_text(rep: User) -> None:
    meeting(rep, title="A, b; c\\d\r\nATTENDEE:mailto:x@evil.example", notes="END:VEVENT\r\nBEGIN:VALARM")
    found = events(Client().get(address(feed_create(actor=rep, name="x"))))
    assert len(found) == 1
    assert "ATTENDEE" not in found[0]
    assert not found[0].walk("VALARM")


def test_only_what_the_person_may_see_now_is_told(rep: User, customer: Customer) -> None:
    meeting(rep, customer=customer)
    feed = feed_create(actor=rep, name="x")
    assert customer.name in Client().get(address(feed)).content.decode()
    Role.objects.get(key="sales-rep").users.remove(rep)
    assert Client().get(address(feed)).status_code == 404


def test_what_is_revoked_guessed_or_of_somebody_who_left_is_the_same_404(rep: User) -> None:
    revoked, left = feed_create(actor=rep, name="x"), feed_create(actor=rep, name="y")
    feed_revoke(actor=rep, feed=revoked[0])
    User.objects.filter(pk=rep.pk).update(is_active=False)
    for path in (
        address(revoked),
        address(left),
        "/calendar/feed/guess.ics",
        f"/calendar/feed/{'a' * 400}.ics",
    ):
        assert Client().get(path).status_code == 404


def test_what_did_not_change_is_not_sent_again(rep: User) -> None:
    task, path = meeting(rep), address(feed_create(actor=rep, name="x"))
    tag = Client().get(path).headers["ETag"]
    assert Client().get(path, headers={"If-None-Match": tag}).status_code == 304
    Task.objects.filter(pk=task.pk).update(title="Moved", version=2)
    assert Client().get(path, headers={"If-None-Match": tag}).status_code == 200


def test_a_machine_that_asks_without_end_is_stopped(rep: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feeds, "ASKED", Limit(most=2, seconds=3600))
    path = address(feed_create(actor=rep, name="x"))
    assert [Client().get(path).status_code for _time in range(3)] == [200, 200, 429]


def test_nobody_revokes_for_another(
    rep: User, agent: User, sign_in: SignIn, unchanged: Callable[[], None]
) -> None:
    feed, _token = feed_create(actor=rep, name="x")
    other = sign_in(agent)
    unchanged()
    assert other.post(f"/settings/calendar/feeds/{feed.pk}/revoke/").status_code == 404
    unchanged()
    assert sign_in(rep).post(f"/settings/calendar/feeds/{feed.pk}/revoke/").status_code == 302
    assert not CalendarFeed.objects.filter(revoked_at=None).exists()


def test_so_many_addresses_are_enough(rep: User, sign_in: SignIn) -> None:
    for _time in range(MOST_FEEDS):
        feed_create(actor=rep, name="x")
    assert sign_in(rep).post("/settings/calendar/", {"name": "One more"}).status_code == 422


def test_a_feed_reads_in_a_few_queries(
    rep: User, customer: Customer, django_assert_max_num_queries: Any
) -> None:
    for _time in range(20):
        meeting(rep, customer=customer)
    with django_assert_max_num_queries(6):
        feed_text(rep, with_tasks=True)
