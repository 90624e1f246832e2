"""The bell, its menu and the page: what a person reads and marks as read."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from contacts.models import Customer
from contacts.services.customer import customer_create
from crm.notifications.kinds import ASSIGNED, MENTION
from crm.notifications.models import Notification
from crm.notifications.services import notify
from crm.staff.models import User

SignIn = Callable[[User], Client]
HTMX = {"HX-Request": "true"}


def tell(user: User, text: str = "Mentioned you", **values: Any) -> Notification:
    row = notify(**{"user": user, "kind": MENTION, "text": text, "url": "/tasks/", **values})
    assert row is not None
    return row


def many(user: User, count: int) -> None:
    now = timezone.now()
    Notification.objects.bulk_create(
        Notification(
            user=user, kind=MENTION, text=f"Line {place}", url="/tasks/", at=now - timedelta(minutes=place)
        )
        for place in range(count)
    )


def test_the_count_stands_in_the_first_response(rep: User, sign_in: SignIn) -> None:
    tell(rep)
    tell(rep)
    client = sign_in(rep)
    for page in ("/", "/notifications/", "/settings/notifications/"):
        assert 'aria-label="Notifications, 2 unread"' in client.get(page).content.decode()


def test_the_count_costs_one_query_and_ends_at_99(
    rep: User, sign_in: SignIn, count_queries: Callable[[], Any]
) -> None:
    client = sign_in(rep)
    with count_queries() as before:
        client.get("/notifications/count/")
    many(rep, 10_000)
    with count_queries() as after:
        assert client.get("/notifications/count/").json() == {"unread": "99+"}
    assert len(after) == len(before)
    asked = [query["sql"] for query in after if "notifications_notification" in query["sql"]]
    assert len(asked) == 1
    assert "LIMIT 100" in asked[0]


def test_ten_thousand_are_read_page_by_page(rep: User, sign_in: SignIn) -> None:
    many(rep, 120)
    client, seen, address = sign_in(rep), [], "/notifications/"
    while address:
        answer = client.get(address)
        seen += [line.text for day in answer.context["days"] for group in day.groups for line in group.lines]
        cursor = answer.context["next_cursor"]
        address = f"/notifications/?after={cursor}" if cursor else ""
    assert seen == [f"Line {place}" for place in range(120)]


@pytest.mark.parametrize("cursor", ["x", "W10", "é", "WyIyMDI2IiwiYSJd", "9" * 700])
def test_an_unreadable_cursor_begins_at_the_newest(cursor: str, rep: User, sign_in: SignIn) -> None:
    tell(rep, "Hello")
    answer = sign_in(rep).get("/notifications/", {"after": cursor})
    assert answer.status_code == 200
    assert b"Hello" in answer.content


def test_lines_are_grouped_by_record(rep: User, admin: User, customer: Customer, sign_in: SignIn) -> None:
    other = customer_create(actor=rep, values={"name": "Bo Ek", "kind": "person"})
    for obj in (customer, other, customer):
        tell(rep, actor=admin, obj=obj)
    groups = sign_in(rep).get("/notifications/menu/").context["groups"]
    assert [(group.name, len(group.lines)) for group in groups] == [("Ada Lindqvist", 2), ("Bo Ek", 1)]


def test_the_page_of_many_lines_asks_little(
    rep: User, admin: User, customer: Customer, sign_in: SignIn, count_queries: Callable[[], Any]
) -> None:
    client = sign_in(rep)
    tell(rep, actor=admin, obj=customer)
    with count_queries() as one:
        client.get("/notifications/")
    for place in range(30):
        tell(rep, f"Line {place}", actor=admin, obj=customer)
    with count_queries() as lots:
        client.get("/notifications/")
    assert len(lots) == len(one)


def test_filters_by_unread_and_kind(rep: User, sign_in: SignIn) -> None:
    tell(rep, "Old news", kind=ASSIGNED)
    Notification.objects.update(read_at=timezone.now())
    tell(rep, "Fresh news")
    client = sign_in(rep)
    assert b"Old news" not in client.get("/notifications/?unread=1").content
    assert b"Fresh news" not in client.get("/notifications/?kind=assigned").content
    assert b"Old news" in client.get("/notifications/?kind=gossip").content
    assert b"Clear filters" in client.get("/notifications/?kind=job").content


def test_one_is_marked_as_read_and_as_unread_again(rep: User, sign_in: SignIn) -> None:
    row, client = tell(rep), sign_in(rep)
    answer = client.post("/notifications/read/", {"id": row.pk}, headers=HTMX)
    assert answer.json() == {"unread": ""}
    assert client.post("/notifications/unread/", {"id": row.pk}, headers=HTMX).json() == {"unread": "1"}


def test_all_are_marked_as_read_but_not_what_came_meanwhile(rep: User, sign_in: SignIn) -> None:
    tell(rep)
    seen, client = tell(rep), sign_in(rep)
    tell(rep, "Came meanwhile")
    answer = client.post("/notifications/read/", {"until": seen.pk}, headers=HTMX)
    assert answer.json() == {"unread": "1"}


def test_reading_all_can_be_undone(rep: User, sign_in: SignIn) -> None:
    read_before = tell(rep)
    Notification.objects.update(read_at=timezone.now() - timedelta(days=1))
    newest, client = tell(rep), sign_in(rep)
    answer = client.post("/notifications/read/", {"until": newest.pk}, headers=HTMX)
    undo = answer.headers["HX-Trigger"].split('"undo": "')[1].split('"')[0]
    assert client.post(undo, headers=HTMX).json() == {"unread": "1"}
    read_before.refresh_from_db()
    assert read_before.read_at is not None


def test_nobody_reads_or_marks_the_lines_of_others(
    rep: User, manager: User, sign_in: SignIn, unchanged: Callable[[], None]
) -> None:
    row = tell(rep, "For Rep alone")
    client = sign_in(manager)
    unchanged()
    assert b"For Rep alone" not in client.get("/notifications/").content
    client.post("/notifications/read/", {"id": row.pk})
    client.post("/notifications/read/", {"until": row.pk})
    client.post("/notifications/unread/", {"id": row.pk})
    unchanged()


@pytest.mark.parametrize("data", [{}, {"id": "x"}, {"until": "-1"}, {"until": "9" * 30}, {"id": "\0"}])
def test_nonsense_marks_nothing(
    data: dict[str, str], rep: User, sign_in: SignIn, unchanged: Callable[[], None]
) -> None:
    tell(rep)
    client = sign_in(rep)
    unchanged()
    assert client.post("/notifications/read/", data).status_code == 404
    unchanged()


def test_reading_the_bell_writes_nothing(rep: User, sign_in: SignIn, unchanged: Callable[[], None]) -> None:
    tell(rep)
    client = sign_in(rep)
    unchanged()
    for page in ("/notifications/", "/notifications/menu/", "/notifications/count/", "/"):
        client.get(page)
    unchanged()


def test_who_may_see_nothing_has_an_empty_bell(outsider: User, sign_in: SignIn) -> None:
    client = sign_in(outsider)
    assert b"Nothing to tell" in client.get("/notifications/").content
    assert b"Nothing to tell" in client.get("/notifications/menu/").content


def test_what_people_wrote_is_escaped(rep: User, sign_in: SignIn) -> None:
    tell(rep, "<script>alert(1)</script>", detail="<b>bold</b>")
    html = sign_in(rep).get("/notifications/menu/").content
    assert b"<script>" not in html
    assert b"<b>" not in html
