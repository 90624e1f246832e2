from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone
from django.utils.module_loading import import_string

from crm.access.models import Role
from crm.audit.models import AuditEntry
from crm.navigation import SETTINGS_GROUPS
from crm.staff.models import User

SignIn = Callable[[User], Client]
PERSONAL = ("/settings/profile/", "/accounts/password/change/", "/accounts/2fa/", "/accounts/sessions/")


def test_everybody_finds_their_own_pages(outsider: User, sign_in: SignIn) -> None:
    page = sign_in(outsider).get("/settings/").content.decode()
    for address in PERSONAL:
        assert f'href="{address}"' in page


def test_what_one_may_not_enter_is_not_shown(rep: User, admin: User, sign_in: SignIn) -> None:
    closed = ("/settings/people/", "/settings/roles/", "/settings/company/", "/audit/", "/settings/health/")
    pages = {user.name: sign_in(user).get("/settings/").content.decode() for user in (rep, admin)}
    for address in closed:
        assert f'href="{address}"' not in pages["Rep"]
        assert f'href="{address}"' in pages["Admin"]


def test_a_role_opens_the_pages_it_allows_and_no_more(outsider: User, sign_in: SignIn) -> None:
    role = Role.objects.create(key="clerk", name="Clerk", matrix={"staff.team": {"view": "all"}})
    role.users.add(outsider)
    page = sign_in(outsider).get("/settings/").content.decode()
    assert 'href="/settings/teams/"' in page
    assert 'href="/settings/people/"' not in page


def test_every_entry_stands_in_a_known_group_with_a_hint() -> None:
    found = [entry for path in settings.SETTINGS_PAGES for entry in import_string(path)]
    assert {entry.group for entry in found} <= SETTINGS_GROUPS.keys()
    assert [entry.key for entry in found if not str(entry.hint).endswith((".", "?"))] == []
    assert len({entry.key for entry in found}) == len(found)


@pytest.mark.parametrize("address", ["/settings/profile/", "/settings/people/", "/accounts/sessions/"])
def test_the_page_one_is_on_is_marked_in_the_list(address: str, admin: User, sign_in: SignIn) -> None:
    page = sign_in(admin).get(address).content.decode()
    assert f'href="{address}" aria-current="page"' in page


def test_people_change_their_own_name_zone_and_keys(rep: User, sign_in: SignIn) -> None:
    data = {"name": "Ada", "time_zone": "Asia/Tokyo"}
    assert sign_in(rep).post("/settings/profile/", data).status_code == 302
    rep.refresh_from_db()
    assert (rep.name, rep.time_zone, rep.keyboard_shortcuts) == ("Ada", "Asia/Tokyo", False)
    assert AuditEntry.objects.get(action="staff.user.edit").actor == rep


@pytest.mark.parametrize("changes", [{"name": ""}, {"time_zone": "Mars/Base"}, {"name": "A\u202e"}])
def test_unfit_values_are_refused(
    changes: dict[str, str], rep: User, sign_in: SignIn, unchanged: Callable[[], None]
) -> None:
    client = sign_in(rep)
    unchanged()
    assert client.post("/settings/profile/", {"name": "Ada", "time_zone": ""} | changes).status_code == 422
    unchanged()


def test_nobody_promotes_themselves_on_their_profile(rep: User, sign_in: SignIn) -> None:
    role = Role.objects.get(key="administrator")
    before = User.objects.values("email", "password", "is_active").get(pk=rep.pk)
    data = {"name": "Ada", "roles": [role.pk], "email": "x@y.example", "is_active": "", "password": "x"}
    sign_in(rep).post("/settings/profile/", data)
    assert User.objects.values("email", "password", "is_active").get(pk=rep.pk) == before
    assert role not in rep.roles.all()


def test_who_is_at_work_is_noted_once_in_a_quarter_of_an_hour(
    rep: User, sign_in: SignIn, count_queries: Callable[[], Any]
) -> None:
    client, long_ago = sign_in(rep), timezone.now() - timedelta(hours=1)
    User.objects.filter(pk=rep.pk).update(last_login=long_ago)
    client.get("/settings/")
    rep.refresh_from_db()
    assert timezone.now() - rep.last_seen_at < timedelta(minutes=1)
    with count_queries() as asked:
        client.get("/settings/")
    assert not [query for query in asked if query["sql"].startswith("UPDATE")]


def test_the_list_of_people_is_searched_and_filtered(
    admin: User, rep: User, agent: User, outsider: User, sign_in: SignIn
) -> None:
    client = sign_in(admin)
    User.objects.filter(pk=agent.pk).update(is_active=False)
    found = {
        query: [person.name for person in client.get(f"/settings/people/?{query}").context["rows"]]
        for query in (
            f"team={rep.teams.get().pk}",
            f"role={rep.roles.get().pk}",
            "role=none",
            "state=deactivated",
            "state=never",
            "q=rep@ten",
            "q=nobody",
            "team=x",
            "state=x",
        )
    }
    assert list(found.values()) == [
        ["Rep"], ["Rep"], ["Outsider"], ["Agent"], ["Outsider", "Rep"], ["Rep"], [], [], [],
    ]  # fmt: skip


def test_the_list_of_people_costs_few_queries(
    admin: User, sign_in: SignIn, count_queries: Callable[[], Any]
) -> None:
    role = Role.objects.get(key="sales-rep")
    for place in range(60):
        role.users.add(User.objects.create(email=f"p{place}@tenure.example", name=f"Person {place:02}"))
    client = sign_in(admin)
    first = client.get("/settings/people/")
    with count_queries() as asked:
        client.get("/settings/people/")
    assert len(asked) <= 15
    second = client.get(f"/settings/people/?after={first.context['next_cursor']}")
    names = [person.name for page in (first, second) for person in page.context["rows"]]
    assert names == sorted(names)
    assert len(names) == 61
