import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connections, transaction
from django.test import Client

from crm.access.models import Role
from crm.audit.models import AuditEntry
from crm.records.errors import StaleRecord
from crm.staff.models import Team, User
from crm.staff.services.people import person_deactivate, person_edit, require_another_administrator
from tests.conftest import person

SignIn = Callable[[User], Client]
Unchanged = Callable[[], None]


def edit(actor: User, obj: User, roles: list[str], **values: Any) -> User:
    return person_edit(
        actor=actor,
        person=obj,
        values=values,
        teams=list(obj.teams.all()),
        roles=list(Role.objects.filter(key__in=roles)),
        version=values.pop("version", obj.version),
    )


def form_of(obj: User, **changes: Any) -> dict[str, Any]:
    return {
        "version": obj.version,
        "name": obj.name,
        "email": obj.email,
        "teams": [team.pk for team in obj.teams.all()],
        "roles": [role.pk for role in obj.roles.all()],
        **changes,
    }


def test_an_administrator_changes_name_team_and_role(admin: User, rep: User, sign_in: SignIn) -> None:
    team = Team.objects.create(name="Sales North")
    role = Role.objects.get(key="marketer")
    data = form_of(rep, name="Ada", teams=[team.pk], roles=[role.pk])
    assert sign_in(admin).post(f"/settings/people/{rep.pk}/", data).status_code == 302
    rep.refresh_from_db()
    assert (rep.name, list(rep.teams.all()), list(rep.roles.all())) == ("Ada", [team], [role])
    told = AuditEntry.objects.get(action="staff.user.assign")
    assert (told.before["roles"], told.after["roles"]) == (["Sales rep"], ["Marketer"])


def test_a_new_role_counts_from_the_next_request(admin: User, rep: User, sign_in: SignIn) -> None:
    client = sign_in(rep)
    assert client.get("/model/").status_code == 403
    edit(admin, rep, ["sales-manager"])
    assert client.get("/model/").status_code == 200
    edit(admin, User.objects.get(pk=rep.pk), [])
    assert client.get("/customers/").status_code == 403


def test_an_address_that_somebody_has_is_refused(
    admin: User, rep: User, agent: User, sign_in: SignIn, unchanged: Unchanged
) -> None:
    client = sign_in(admin)
    unchanged()
    answer = client.post(f"/settings/people/{rep.pk}/", form_of(rep, email=agent.email.upper()))
    assert answer.status_code == 422
    assert "exists already" in answer.content.decode()
    unchanged()


def test_two_who_edit_at_once_are_told_and_lose_nothing(admin: User, rep: User, sign_in: SignIn) -> None:
    seen = form_of(rep)
    before = {f"seen-{name}": seen[name] for name in ("name", "email")}
    before |= {f"seen-{name}": ",".join(map(str, seen[name])) for name in ("teams", "roles")}
    edit(admin, rep, ["sales-rep"], name="Theirs")
    data = seen | before | {"roles": [Role.objects.get(key="analyst").pk]}
    answer = sign_in(admin).post(f"/settings/people/{rep.pk}/", data)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert 'value="Theirs"' in page
    assert "you changed other things" in page
    again = {**answer.context["form"].data.dict(), "roles": answer.context["form"].data.getlist("roles")}
    again["teams"] = answer.context["form"].data.getlist("teams")
    assert sign_in(admin).post(f"/settings/people/{rep.pk}/", again).status_code == 302
    rep.refresh_from_db()
    assert (rep.name, [role.key for role in rep.roles.all()]) == ("Theirs", ["analyst"])


def test_a_stale_save_writes_nothing(admin: User, rep: User, unchanged: Unchanged) -> None:
    edit(admin, rep, ["sales-rep"], name="First")
    unchanged()
    with pytest.raises(StaleRecord):
        edit(admin, rep, ["marketer"], name="Second", version=1)
    unchanged()


def test_the_last_administrator_stays_one(admin: User, unchanged: Unchanged) -> None:
    unchanged()
    with pytest.raises(ValidationError, match="last administrator"):
        edit(admin, admin, ["sales-rep"])
    with pytest.raises(ValidationError, match="last administrator"):
        person_deactivate(actor=admin, person=admin)
    unchanged()


def test_one_of_two_administrators_may_go(admin: User, root: Team) -> None:
    person("second", root, "administrator")
    assert not person_deactivate(actor=admin, person=admin).is_active


def two_at_once(steps: list[Callable[[], object]]) -> list[Exception]:
    barrier, refused = threading.Barrier(2), []

    def work(step: Callable[[], object]) -> None:
        barrier.wait()
        try:
            step()
        except (ValidationError, PermissionDenied) as fault:
            refused.append(fault)  # the second is stopped as the last, or has lost the right meanwhile
        connections.close_all()

    threads = [threading.Thread(target=work, args=[step]) for step in steps]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return refused


@pytest.mark.django_db(transaction=True)
def test_of_two_administrators_who_go_at_once_one_stays(admin: User, root: Team) -> None:
    second = person("second", root, "administrator")
    refused = two_at_once(
        [
            lambda: person_deactivate(actor=admin, person=second),
            lambda: edit(second, admin, []),
        ]
    )
    assert len(refused) == 1
    assert User.objects.filter(is_active=True, roles__key="administrator").count() == 1


@pytest.mark.django_db(transaction=True)
def test_without_the_lock_both_would_go(admin: User, root: Team) -> None:
    """The twin: the same check and write, the lock taken away."""
    second = person("second", root, "administrator")
    both_checked = threading.Barrier(2)

    def go(one: User) -> None:
        with transaction.atomic():
            require_another_administrator(one)
            both_checked.wait()
            User.objects.filter(pk=one.pk).update(is_active=False)

    assert two_at_once([lambda: go(admin), lambda: go(second)]) == []
    assert not User.objects.filter(is_active=True, roles__key="administrator").exists()


@pytest.fixture
def clerk(root: Team) -> User:
    """May edit and invite people, and hold no more than a sales rep besides."""
    user = person("clerk", root, "sales-rep")
    matrix = {"staff.user": {"view": "all", "create": "all", "edit": "all"}}
    Role.objects.create(key="clerk", name="Clerk", matrix=matrix).users.add(user)
    return user


def test_nobody_gives_more_than_they_hold(clerk: User, outsider: User, unchanged: Unchanged) -> None:
    unchanged()
    for target in (clerk, outsider):
        with pytest.raises(ValidationError, match="no more than your own"):
            edit(clerk, target, ["administrator"])
    unchanged()
    assert edit(clerk, outsider, ["sales-rep"]).roles.count() == 1


def test_nobody_changes_the_account_of_somebody_who_may_do_more(
    clerk: User, admin: User, unchanged: Unchanged
) -> None:
    """Else a new e-mail address and "Forgot your password?" would make anybody an administrator."""
    unchanged()
    with pytest.raises(PermissionDenied):
        edit(clerk, admin, ["administrator"], email="mine@else.example")
    with pytest.raises(PermissionDenied):
        person_deactivate(actor=clerk, person=admin)
    unchanged()


@pytest.mark.parametrize("member", ["rep", "manager", "outsider"])
def test_others_see_no_accounts(member: str, admin: User, sign_in: SignIn, request: Any) -> None:
    client = sign_in(request.getfixturevalue(member))
    assert client.get("/settings/people/").status_code == 403
    assert client.get(f"/settings/people/{admin.pk}/").status_code == 403
    assert "/settings/people/" not in client.get("/settings/").content.decode()


def test_only_named_fields_are_written(admin: User, rep: User, sign_in: SignIn) -> None:
    data = form_of(rep) | {"password": "x", "is_active": "", "last_login": "", "date_joined": "2001-01-01"}
    before = User.objects.values("password", "is_active", "date_joined").get(pk=rep.pk)
    assert sign_in(admin).post(f"/settings/people/{rep.pk}/", data).status_code == 302
    assert User.objects.values("password", "is_active", "date_joined").get(pk=rep.pk) == before
