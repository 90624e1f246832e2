from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from crm.assignment.models import Pool, PoolMember
from crm.assignment.services import assign_next, member_set, pool_create
from crm.calendars.services import absence_create
from crm.staff.models import User

SignIn = Callable[[User], Client]


@pytest.fixture
def pool(admin: User) -> Pool:
    return pool_create(actor=admin, name="First line")


def test_a_pool_is_made_and_filled(admin: User, rep: User, sign_in: SignIn) -> None:
    client = sign_in(admin)
    answer = client.post("/settings/pools/new/", {"name": "First line", "rule": "turns"})
    place = answer.headers["Location"]
    sent = {"user": rep.pk, "weight": 2, "capacity": "", "skills": "German, billing"}
    assert client.post(f"{place}members/", sent).status_code == 302
    member = PoolMember.objects.get()
    assert (member.user, member.weight, member.skills) == (rep, 2, ["billing", "german"])
    page = client.get(place).content.decode()
    assert "Rep is next" in page
    client.post(f"{place}members/{member.pk}/", {"weight": 1, "is_paused": "on"})
    assert PoolMember.objects.get().is_paused
    client.post(f"{place}members/{member.pk}/remove/")
    assert PoolMember.objects.count() == 0


def test_the_page_tells_whose_turn_it_is_and_who_is_away(
    admin: User, rep: User, agent: User, pool: Pool, sign_in: SignIn
) -> None:
    for user in (rep, agent):
        member_set(actor=admin, pool=pool, user=user)
    client, place = sign_in(admin), f"/settings/pools/{pool.pk}/"
    assert "Rep is next" in client.get(place).content.decode()
    assign_next(pool=pool)
    assert "Agent is next" in client.get(place).content.decode()
    today = timezone.now().date()
    absence_create(
        actor=agent, owner=agent, starts_on=today - timedelta(days=1), ends_on=today + timedelta(days=1)
    )
    page = client.get(place).content.decode()
    assert "Rep is next" in page
    assert "Out of office" in page


@pytest.mark.parametrize(
    ("sent", "told"),
    [
        ({"weight": 11}, "less than or equal to 10"),
        ({"weight": 1, "capacity": 0}, "greater than or equal to 1"),
        ({"weight": 1, "user": 999_999}, "Select a valid choice"),
        ({"weight": 1, "user": ""}, "required"),
    ],
)
def test_a_member_that_makes_no_sense_is_refused(
    admin: User,
    rep: User,
    pool: Pool,
    sign_in: SignIn,
    unchanged: Callable[[], None],
    sent: dict[str, Any],
    told: str,
) -> None:
    client = sign_in(admin)
    unchanged()
    answer = client.post(f"/settings/pools/{pool.pk}/members/", {"user": rep.pk, **sent})
    assert answer.status_code == 422
    assert told in answer.content.decode()
    unchanged()


def test_nobody_is_in_a_pool_twice(admin: User, rep: User, pool: Pool, sign_in: SignIn) -> None:
    member_set(actor=admin, pool=pool, user=rep)
    answer = sign_in(admin).post(f"/settings/pools/{pool.pk}/members/", {"user": rep.pk, "weight": 3})
    assert answer.status_code == 422
    assert PoolMember.objects.get().weight == 1


def test_two_edits_at_once_are_told_and_a_pool_is_deleted(admin: User, pool: Pool, sign_in: SignIn) -> None:
    client, place = sign_in(admin), f"/settings/pools/{pool.pk}/"
    assert client.post(place, {"version": 1, "name": "Front desk", "rule": "load"}).status_code == 302
    assert client.post(place, {"version": 1, "name": "Other", "rule": "turns"}).status_code == 409
    client.post(f"{place}delete/")
    assert Pool.objects.count() == 0
