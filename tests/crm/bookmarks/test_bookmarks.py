"""Favourites and recent records: a person's own, and never a way to see what is hidden."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from contacts.models import Customer
from contacts.services.customer import customer_create, customer_delete, customer_edit
from crm.bookmarks.models import Favourite, RecentRecord
from crm.bookmarks.selectors import recents
from crm.bookmarks.services import favourite_add, visit_note
from crm.notifications.kinds import FOLLOWED
from crm.notifications.models import Notification
from crm.notifications.services import notify
from crm.staff.models import User

SignIn = Callable[[User], Client]
TYPE = "contacts.customer"
HTMX = {"HX-Request": "true"}


def made(user: User, name: str) -> Customer:
    return customer_create(actor=user, values={"name": name, "kind": "person"})


def test_the_star_adds_and_takes_away(rep: User, customer: Customer, sign_in: SignIn) -> None:
    client, data = sign_in(rep), {"type": TYPE, "id": customer.pk}
    for _twice in range(2):
        answer = client.post("/favourites/mark/", data, headers=HTMX)
        assert b'aria-pressed="true"' in answer.content
    assert Favourite.objects.count() == 1
    home = client.get("/").content.decode()
    assert f'href="/customers/{customer.pk}/" title="Ada Lindqvist"' in home
    client.post("/favourites/mark/", {**data, "remove": "1"})
    assert not Favourite.objects.exists()


@pytest.mark.parametrize("place", ["mark", "visit"])
@pytest.mark.parametrize(
    "data",
    [
        {},
        {"type": TYPE, "id": "x"},
        {"type": TYPE, "id": "9" * 18},
        {"type": "staff.user", "id": "1"},
        {"type": "contacts.interaction", "id": "1"},
        {"type": "\0", "id": "1"},
    ],
)
def test_nonsense_is_no_bookmark(
    place: str, data: dict[str, str], rep: User, sign_in: SignIn, unchanged: Callable[[], None]
) -> None:
    client = sign_in(rep)
    unchanged()
    assert client.post(f"/favourites/{place}/", data).status_code == 404
    unchanged()


@pytest.mark.parametrize("place", ["mark", "visit"])
def test_a_hidden_record_is_no_bookmark(
    place: str, outsider: User, customer: Customer, sign_in: SignIn, unchanged: Callable[[], None]
) -> None:
    client = sign_in(outsider)
    unchanged()
    assert client.post(f"/favourites/{place}/", {"type": TYPE, "id": customer.pk}).status_code == 404
    unchanged()


def test_who_lost_access_sees_no_name(narrow: User, admin: User, company: object, sign_in: SignIn) -> None:
    customer, client = made(narrow, "Secret Person"), sign_in(narrow)
    favourite_add(actor=narrow, object_type=TYPE, pk=customer.pk)
    visit_note(actor=narrow, object_type=TYPE, pk=customer.pk)
    pages = ("/", "/favourites/")
    assert all(b"Secret Person" in client.get(page).content for page in pages)
    customer_edit(
        actor=admin, customer=customer, values={"owner": admin, "team": admin.teams.get()}, version=1
    )
    assert not any(b"Secret Person" in client.get(page).content for page in pages)
    assert b"Secret Person" not in client.get("/favourites/", headers=HTMX).content


def test_a_deleted_record_is_left_out(rep: User, customer: Customer, sign_in: SignIn) -> None:
    favourite_add(actor=rep, object_type=TYPE, pk=customer.pk)
    customer_delete(actor=rep, customer=customer)
    assert b"Ada Lindqvist" not in sign_in(rep).get("/favourites/").content


def test_the_last_thirty_are_kept_the_newest_first(rep: User) -> None:
    customers = [made(rep, f"Person {place}") for place in range(RecentRecord.KEPT + 2)]
    for customer in [*customers, customers[5]]:
        visit_note(actor=rep, object_type=TYPE, pk=customer.pk)
    assert RecentRecord.objects.count() == RecentRecord.KEPT
    names = [mark.name for mark in recents(rep)]
    assert names[:2] == ["Person 5", f"Person {RecentRecord.KEPT + 1}"]
    assert "Person 0" not in names


def test_the_page_itself_notes_nothing(
    rep: User, customer: Customer, sign_in: SignIn, unchanged: Callable[[], None]
) -> None:
    client = sign_in(rep)
    unchanged()
    assert b'data-visit="/favourites/visit/"' in client.get(f"/customers/{customer.pk}/").content
    unchanged()


def test_who_looks_at_a_record_has_read_what_they_were_told_of_it(
    rep: User, admin: User, customer: Customer, sign_in: SignIn
) -> None:
    other = made(rep, "Bo Ek")
    for obj in (customer, other):
        notify(user=rep, kind=FOLLOWED, text="Edited", url="/tasks/", obj=obj, actor=admin)
    answer = sign_in(rep).post("/favourites/visit/", {"type": TYPE, "id": customer.pk})
    assert answer.json() == {"unread": "1"}
    assert Notification.objects.get(read_at=None).object_id == other.pk


def test_the_palette_begins_with_favourites_and_recent_records(
    rep: User, customer: Customer, sign_in: SignIn
) -> None:
    other = made(rep, "Bo Ek")
    favourite_add(actor=rep, object_type=TYPE, pk=customer.pk)
    for obj in (customer, other):
        visit_note(actor=rep, object_type=TYPE, pk=obj.pk)
    html = sign_in(rep).get("/favourites/", headers=HTMX).content.decode()
    assert html.index("Favourites") < html.index("Ada Lindqvist") < html.index("Recent") < html.index("Bo Ek")
    assert html.count("Ada Lindqvist") == 1


def test_favourites_cost_one_query_without_any_and_few_with_many(
    rep: User, customer: Customer, sign_in: SignIn, count_queries: Callable[[], Any]
) -> None:
    client = sign_in(rep)
    client.get("/imports/new/")
    with count_queries() as none:
        client.get("/favourites/")
    assert sum("bookmarks_favourite" in query["sql"] for query in none) == 1
    for place in range(15):
        favourite_add(actor=rep, object_type=TYPE, pk=made(rep, f"Person {place}").pk)
    with count_queries() as many:
        html = client.get("/favourites/").content.decode()
    assert len(many) - len(none) <= 2
    navigation = html.split('class="nav-favourites"')[1].split("</section>")[0]
    assert navigation.count("<li>") == 12


def test_through_the_eyes_of_another_what_is_their_own_stays_theirs(
    admin: User, rep: User, customer: Customer, sign_in: SignIn, unchanged: Callable[[], None]
) -> None:
    favourite_add(actor=rep, object_type=TYPE, pk=customer.pk)
    notify(user=rep, kind=FOLLOWED, text="Edited", url="/tasks/", obj=customer, actor=admin)
    client = sign_in(admin)
    client.post("/settings/preview/", {"kind": "person", "pk": rep.pk})
    unchanged()
    page = client.get(f"/customers/{customer.pk}/").content
    assert b"Ada Lindqvist" in page
    for own in (b"tenure-bell", b"nav-favourites", b"data-visit", b"data-recent"):
        assert own not in page
    for address in ("/notifications/", "/notifications/menu/", "/favourites/", "/settings/notifications/"):
        assert client.get(address).status_code == 403
    unchanged()
