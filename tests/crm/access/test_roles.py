import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connections
from django.test import Client

from crm.access.models import Role
from crm.access.permissions import catalogue
from crm.access.role_forms import RoleForm
from crm.access.roles import role_create, role_edit
from crm.audit.models import AuditEntry
from crm.records.errors import StaleRecord
from crm.staff.models import User
from crm.staff.services.invites import invite_create
from tests.conftest import person

SignIn = Callable[[User], Client]
Unchanged = Callable[[], None]


@pytest.fixture
def rep_role(rep: User) -> Role:
    return rep.roles.get()


def sent(role: Role, **cells: str) -> dict[str, Any]:
    """The form of a role as its page shows it, some cells changed: sales_order__view="team"."""
    form = RoleForm(role=role)
    seen = {name: form.text_of(name) for name in form.shown()}
    changed = {name.replace("__", ".").replace("_", ".", 1): scope for name, scope in cells.items()}
    assert changed.keys() <= seen.keys() | {"name"}
    return {
        "version": role.version,
        **seen,
        **changed,
        **{f"seen-{name}": text for name, text in seen.items()},
    }


def test_a_cell_of_the_matrix_counts_from_the_next_request(
    admin: User, rep: User, rep_role: Role, sign_in: SignIn
) -> None:
    client = sign_in(rep)
    assert client.get("/orders/").status_code == 200
    answer = sign_in(admin).post(f"/settings/roles/{rep_role.pk}/", sent(rep_role, sales_order__view="none"))
    assert answer.status_code == 302
    assert client.get("/orders/").status_code == 403
    told = AuditEntry.objects.get(action="access.role.edit")
    assert (told.before, told.after) == ({"sales.order.view": "all"}, {"sales.order.view": "none"})
    page = sign_in(admin).get(f"/settings/roles/{rep_role.pk}/").content.decode()
    assert "Orders: see" in page


def test_hidden_fields_are_hidden_at_once(admin: User, rep_role: Role, sign_in: SignIn) -> None:
    data = sent(rep_role) | {"fields.finance": "hidden"}
    sign_in(admin).post(f"/settings/roles/{rep_role.pk}/", data)
    rep_role.refresh_from_db()
    assert rep_role.field_groups["finance"] == "hidden"


def test_two_who_change_different_cells_both_get_their_way(
    admin: User, rep_role: Role, sign_in: SignIn
) -> None:
    client, data = sign_in(admin), sent(rep_role, sales_order__edit="own")
    client.post(f"/settings/roles/{rep_role.pk}/", sent(rep_role, contacts_task__view="own"))
    answer = client.post(f"/settings/roles/{rep_role.pk}/", data)
    assert answer.status_code == 409
    assert "you changed other things" in answer.content.decode()
    assert client.post(f"/settings/roles/{rep_role.pk}/", answer.context["form"].data).status_code == 302
    rep_role.refresh_from_db()
    assert rep_role.matrix["sales.order"]["edit"] == "own"
    assert rep_role.matrix["contacts.task"]["view"] == "own"


def test_two_who_change_the_same_cell_are_told_which(admin: User, rep_role: Role, sign_in: SignIn) -> None:
    client, data = sign_in(admin), sent(rep_role, sales_order__edit="own")
    client.post(f"/settings/roles/{rep_role.pk}/", sent(rep_role, sales_order__edit="all"))
    answer = client.post(f"/settings/roles/{rep_role.pk}/", data)
    assert answer.status_code == 409
    assert "<li>Orders: edit</li>" in answer.content.decode()
    rep_role.refresh_from_db()
    assert rep_role.matrix["sales.order"]["edit"] == "all"


@pytest.mark.django_db(transaction=True)
def test_of_two_saves_of_one_version_at_once_one_is_stale(admin: User, rep_role: Role) -> None:
    barrier, stale = threading.Barrier(2), []

    def save(scope: str) -> None:
        barrier.wait()
        role = Role.objects.get(pk=rep_role.pk)
        try:
            matrix = {"sales.order": {"edit": scope}}
            role_edit(actor=admin, role=role, name=role.name, matrix=matrix, levels={}, version=1)
        except StaleRecord as fault:
            stale.append(fault)
        connections.close_all()

    threads = [threading.Thread(target=save, args=[scope]) for scope in ("own", "all")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(stale) == 1
    assert AuditEntry.objects.filter(action="access.role.edit").count() == 1


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("sales.order.view", "everything"),
        ("sales.product.view", "own"),
        ("fields.finance", "write"),
        ("name", ""),
    ],
)
def test_a_cell_takes_only_what_it_offers(
    name: str, value: str, admin: User, rep_role: Role, sign_in: SignIn, unchanged: Unchanged
) -> None:
    client = sign_in(admin)
    unchanged()
    answer = client.post(f"/settings/roles/{rep_role.pk}/", sent(rep_role) | {name: value})
    assert answer.status_code == 422
    unchanged()


@pytest.mark.parametrize(
    "matrix",
    [{"sales.nothing": {"view": "all"}}, {"sales.order": {"fly": "all"}}, {"sales.product": {"view": "own"}}],
)
def test_the_service_refuses_what_nobody_declared(
    matrix: dict[str, dict[str, str]], admin: User, rep_role: Role, unchanged: Unchanged
) -> None:
    unchanged()
    with pytest.raises(ValidationError):
        role_edit(actor=admin, role=rep_role, name="x", matrix=matrix, levels={}, version=1)
    unchanged()


def test_the_role_of_administrators_is_not_changed_or_deleted(
    admin: User, sign_in: SignIn, unchanged: Unchanged
) -> None:
    role, client = Role.objects.get(key="administrator"), sign_in(admin)
    other = Role.objects.get(key="analyst")
    unchanged()
    assert client.post(f"/settings/roles/{role.pk}/", sent(role, sales_order__view="none")).status_code == 422
    answer = client.post(f"/settings/roles/{role.pk}/delete/", {"replacement": other.pk})
    assert answer.status_code == 422
    unchanged()


def test_administrators_may_do_what_any_version_brings(admin: User, sign_in: SignIn) -> None:
    Role.objects.filter(key="administrator").update(matrix={}, field_groups={})
    assert sign_in(admin).get("/customers/").status_code == 200


def test_a_copy_allows_as_much_and_is_a_role_of_its_own(admin: User, rep_role: Role, sign_in: SignIn) -> None:
    answer = sign_in(admin).post("/settings/roles/new/", {"name": "Junior rep", "source": rep_role.pk})
    made = Role.objects.get(name="Junior rep")
    assert answer.headers["Location"] == f"/settings/roles/{made.pk}/"
    assert (made.matrix, made.key) == (rep_role.matrix, "junior-rep")


def test_a_copy_of_the_administrator_spells_everything_out(admin: User) -> None:
    made = role_create(actor=admin, name="Almost all", source=Role.objects.get(key="administrator"))
    assert made.matrix.keys() == catalogue().keys()


def test_a_role_in_use_is_deleted_only_with_a_replacement(
    admin: User, rep: User, rep_role: Role, sign_in: SignIn, unchanged: Unchanged
) -> None:
    client, other = sign_in(admin), Role.objects.get(key="analyst")
    unchanged()
    answer = client.post(f"/settings/roles/{rep_role.pk}/delete/")
    assert answer.status_code == 422
    assert "People hold this role" in answer.content.decode()
    unchanged()
    client.post(f"/settings/roles/{rep_role.pk}/delete/", {"replacement": other.pk})
    assert list(rep.roles.all()) == [other]


def test_an_invitation_keeps_a_role_when_its_own_goes(admin: User, rep_role: Role, sign_in: SignIn) -> None:
    other = Role.objects.get(key="analyst")
    invite = invite_create(
        actor=admin, email="x@tenure.example", name="", teams=[], roles=[rep_role], base_url="http://x"
    )
    rep_role.users.clear()
    sign_in(admin).post(f"/settings/roles/{rep_role.pk}/delete/", {"replacement": other.pk})
    assert list(invite.roles.all()) == [other]


def test_nobody_writes_a_role_that_may_do_more_than_they(
    rep: User, rep_role: Role, manager: User, unchanged: Unchanged
) -> None:
    clerk = person("clerk", rep.teams.get(), "sales-rep")
    own = dict.fromkeys(("view", "create", "edit", "delete"), "all")
    Role.objects.create(key="clerk", name="Clerk", matrix={"access.role": own}).users.add(clerk)
    manager_role = Role.objects.get(key="sales-manager")
    unchanged()
    with pytest.raises(ValidationError, match="hold yourself"):
        role_edit(
            actor=clerk,
            role=rep_role,
            name="x",
            matrix={"sales.order": {"delete": "all"}},
            levels={},
            version=1,
        )
    with pytest.raises(ValidationError, match="hold yourself"):
        role_create(actor=clerk, name="Mine", source=manager_role)
    unchanged()


def test_only_those_who_may_see_roles_do(rep: User, manager: User, sign_in: SignIn) -> None:
    for member in (rep, manager):
        assert sign_in(member).get("/settings/roles/").status_code == 403
