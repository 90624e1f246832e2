"""Following a record: others' changes are told, together, to those who may see them."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connections
from django.test import Client

from contacts.models import Customer
from contacts.services.customer import customer_create, customer_edit, customer_tag
from contacts.services.engagement import consent_create, task_create
from contacts.services.interaction import interaction_create
from crm.access.models import Role
from crm.notifications.kinds import FOLLOWED
from crm.notifications.models import Follow, FollowedChange, Notification
from crm.notifications.services import follow, unfollow
from crm.notifications.services.following import followers_tell
from crm.staff.models import User
from sales.models import Order
from sales.services.order import order_cancel

SignIn = Callable[[User], Client]
Told = Callable[..., list[Notification]]
Work = Callable[..., None]
JOB = "notifications.tell_followers"
TYPE = "contacts.customer"


def edit(actor: User, customer: Customer, **values: Any) -> None:
    customer_edit(actor=actor, customer=customer, values=values, version=customer.version)


@pytest.mark.django_db(transaction=True)
def test_a_follower_hears_of_changes_by_others(
    rep: User, manager: User, customer: Customer, told: Told, work: Work
) -> None:
    follow(actor=manager, object_type=TYPE, pk=customer.pk)
    edit(rep, customer, city="Oslo", lead_status="working")
    work(JOB)
    (row,) = told(manager)
    assert (row.kind, row.actor, row.object_id) == (FOLLOWED, rep, customer.pk)
    assert row.text == "City → Oslo, Lead status → Working"
    assert not FollowedChange.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_ones_own_changes_are_no_news(rep: User, customer: Customer, told: Told, work: Work) -> None:
    follow(actor=rep, object_type=TYPE, pk=customer.pk)
    edit(rep, customer, city="Oslo")
    work(JOB)
    assert told(rep) == []
    assert not FollowedChange.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_several_changes_within_minutes_are_one_line(
    rep: User, manager: User, customer: Customer, told: Told, work: Work
) -> None:
    follow(actor=manager, object_type=TYPE, pk=customer.pk)
    edit(rep, customer, city="Oslo")
    work(JOB)
    edit(rep, customer, city="Bergen")
    customer_tag(actor=rep, customer=customer, names=["vip"])
    work(JOB)
    (row,) = told(manager)
    assert row.count == 3
    assert row.text == "Tagged: vip"


@pytest.mark.django_db(transaction=True)
def test_what_hangs_on_the_record_is_told_too(
    rep: User,
    manager: User,
    customer: Customer,
    place_order: Callable[..., Order],
    told: Told,
    work: Work,
    sign_in: SignIn,
) -> None:
    follow(actor=manager, object_type=TYPE, pk=customer.pk)
    values = {"kind": "note", "summary": "Wants decaf", "body": ""}
    interaction_create(actor=rep, customer=customer, values=values)
    task_create(actor=rep, values={"title": "Send decaf", "customer": customer})
    place_order(rep, customer, amount="12.00")
    work(JOB)
    (row,) = told(manager)
    assert row.count == 3
    html = sign_in(manager).get("/notifications/menu/").content.decode()
    assert "Ada Lindqvist" in html
    assert "Order: placed" in html


@pytest.mark.django_db(transaction=True)
def test_a_hidden_part_is_not_told(
    rep: User, agent: User, customer: Customer, told: Told, work: Work
) -> None:
    """A support agent sees every customer, but not the tasks of the sales team."""
    follow(actor=agent, object_type=TYPE, pk=customer.pk)
    task_create(actor=rep, values={"title": "Secret task", "customer": customer})
    work(JOB)
    assert told(agent) == []


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("level", ["read", "hidden"])
def test_a_hidden_field_is_not_named(
    level: str, marketer: User, manager: User, customer: Customer, told: Told, work: Work
) -> None:
    Role.objects.exclude(users=marketer).update(field_groups={"privacy": level})
    follow(actor=manager, object_type=TYPE, pk=customer.pk)
    values = {"purpose": "marketing", "channel": "email", "is_given": True, "source": "form"}
    consent_create(actor=marketer, customer=customer, values=values)
    work(JOB)
    (row,) = told(manager)
    assert ("marketing" in row.text) is (level == "read")


@pytest.mark.django_db(transaction=True)
def test_an_order_is_followed_by_itself(
    rep: User, manager: User, place_order: Callable[..., Order], customer: Customer, told: Told, work: Work
) -> None:
    order = place_order(rep, customer)
    follow(actor=manager, object_type="sales.order", pk=order.pk)
    order_cancel(actor=rep, order=order)
    work(JOB)
    assert [row.text for row in told(manager)] == ["Order: cancelled"]


@pytest.mark.django_db(transaction=True)
def test_who_lost_access_hears_nothing_more(admin: User, narrow: User, told: Told, work: Work) -> None:
    customer = customer_create(actor=narrow, values={"name": "Secret Person", "kind": "person"})
    follow(actor=narrow, object_type=TYPE, pk=customer.pk)
    edit(admin, customer, owner=admin, team=admin.teams.get())
    edit(admin, customer, city="Oslo")
    work(JOB)
    assert told(narrow) == []


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_tell_each_change_once(
    rep: User, manager: User, customer: Customer, told: Told
) -> None:
    follow(actor=manager, object_type=TYPE, pk=customer.pk)
    for city in ("Oslo", "Bergen", "Bodø"):
        edit(rep, customer, city=city)
    barrier, found = threading.Barrier(4), []

    def worker() -> None:
        barrier.wait()
        found.append(followers_tell(customer.pk))
        connections.close_all()

    threads = [threading.Thread(target=worker) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(found) == 3
    assert [row.count for row in told(manager)] == [3]


def test_a_write_that_nobody_follows_costs_one_query(
    rep: User, customer: Customer, count_queries: Callable[[], Any]
) -> None:
    with count_queries() as counted:
        edit(rep, customer, city="Oslo")
    asked = [query["sql"] for query in counted if "notifications_" in query["sql"]]
    assert len(asked) == 1
    assert "notifications_follow" in asked[0]


def test_following_by_the_button_and_back(rep: User, customer: Customer, sign_in: SignIn) -> None:
    client = sign_in(rep)
    data = {"type": TYPE, "id": customer.pk}
    assert b'aria-pressed="false"' in client.get(f"/customers/{customer.pk}/").content
    answer = client.post("/notifications/follow/", data, headers={"HX-Request": "true"})
    assert b'aria-pressed="true"' in answer.content
    client.post("/notifications/follow/", data)
    assert Follow.objects.filter(user=rep).count() == 1
    client.post("/notifications/follow/", {**data, "remove": "1"})
    assert not Follow.objects.exists()


@pytest.mark.parametrize("kind", ["contacts.task", "staff.user", "no.such", "", "contacts.customer.x"])
def test_only_what_can_be_followed_is(
    kind: str, rep: User, customer: Customer, sign_in: SignIn, unchanged: Callable[[], None]
) -> None:
    client = sign_in(rep)
    unchanged()
    assert client.post("/notifications/follow/", {"type": kind, "id": customer.pk}).status_code == 404
    unchanged()


def test_a_hidden_record_is_not_followed(
    outsider: User, customer: Customer, sign_in: SignIn, unchanged: Callable[[], None]
) -> None:
    client = sign_in(outsider)
    unchanged()
    assert client.post("/notifications/follow/", {"type": TYPE, "id": customer.pk}).status_code == 404
    unchanged()


def test_who_lost_access_can_still_unfollow(narrow: User, admin: User) -> None:
    customer = customer_create(actor=narrow, values={"name": "Secret Person", "kind": "person"})
    follow(actor=narrow, object_type=TYPE, pk=customer.pk)
    edit(admin, customer, owner=admin, team=admin.teams.get())
    unfollow(actor=narrow, object_type=TYPE, pk=customer.pk)
    assert not Follow.objects.exists()
