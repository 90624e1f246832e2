"""An update brings objects of access: preset roles that are there get their rows, and nothing else changes."""

from collections.abc import Callable

import pytest
from django.core.management import call_command

from crm.access.models import Role
from crm.access.permissions import catalogue
from crm.access.presets import PRESETS
from crm.access.roles import role_create, role_edit
from crm.access.services import allowed, presets_create
from crm.access.updating import presets_complete
from crm.audit.models import AuditEntry
from crm.staff.models import User


def preset(key: str) -> Role:
    return Role.objects.get(key=key)


def forget(key: str, name: str) -> None:
    """As if the object had come after the role was made."""
    role = preset(key)
    del role.matrix[name]
    role.save()


def fresh(user: User) -> User:
    return User.objects.get(pk=user.pk)


def test_a_preset_role_gets_the_rows_it_has_never_heard_of(admin: User, manager: User) -> None:
    for key in ("sales-manager", "support-lead"):
        forget(key, "contacts.tag")
    assert not allowed(fresh(manager), "contacts.edit_tag")
    version = preset("sales-manager").version
    assert presets_complete() == 2
    role = preset("sales-manager")
    assert role.matrix["contacts.tag"] == PRESETS["sales-manager"]["matrix"]["contacts.tag"]
    assert role.version == version + 1
    assert allowed(fresh(manager), "contacts.edit_tag")
    entry = AuditEntry.objects.filter(action="access.role.complete", object_id=role.pk).get()
    assert entry.actor is None
    assert (entry.before["contacts.tag.edit"], entry.after["contacts.tag.edit"]) == ("none", "all")


def test_a_row_that_somebody_set_to_none_stays_none(admin: User, unchanged: Callable[[], None]) -> None:
    role = preset("sales-manager")
    none = {"contacts.tag": dict.fromkeys(("view", "create", "edit", "delete"), "none")}
    role_edit(actor=admin, role=role, name=role.name, matrix=none, levels={}, version=role.version)
    assert preset("sales-manager").matrix["contacts.tag"] == {}
    unchanged()
    assert presets_complete() == 0
    unchanged()


def test_a_row_that_somebody_narrowed_stays_narrow(admin: User, unchanged: Callable[[], None]) -> None:
    role = preset("sales-rep")
    matrix = {"contacts.customer": {"view": "own"}}
    role_edit(actor=admin, role=role, name=role.name, matrix=matrix, levels={}, version=role.version)
    unchanged()
    presets_complete()
    unchanged()


def test_what_a_preset_does_not_allow_is_known_and_empty(admin: User) -> None:
    """Else a later preset that allows more would widen roles nobody touched."""
    assert preset("sales-rep").matrix["contacts.tag"] == {}
    assert preset("sales-rep").matrix.keys() == catalogue().keys()
    forget("sales-rep", "contacts.tag")
    assert presets_complete() == 0
    assert preset("sales-rep").matrix["contacts.tag"] == {}
    assert not AuditEntry.objects.filter(action="access.role.complete").exists()


def test_only_presets_are_completed(admin: User, unchanged: Callable[[], None]) -> None:
    copy = role_create(actor=admin, name="Copy", source=preset("sales-manager"))
    del copy.matrix["contacts.tag"]
    copy.save()
    unchanged()
    presets_complete()
    unchanged()


def test_a_role_that_is_called_like_a_deleted_preset_is_none(admin: User) -> None:
    preset("marketer").delete()
    made = role_create(actor=admin, name="Marketer")
    assert made.key != "marketer"
    old = Role.objects.create(key="marketer", name="Marketer of old")
    presets_complete()
    for role in (made, old):
        role.refresh_from_db()
        assert role.matrix == {}


def test_twice_is_once_and_a_deleted_preset_stays_deleted(admin: User, unchanged: Callable[[], None]) -> None:
    forget("marketer", "contacts.tag")
    preset("analyst").delete()
    presets_complete()
    unchanged()
    assert presets_complete() == 0
    unchanged()
    assert not Role.objects.filter(key="analyst").exists()


def test_the_role_of_administrators_needs_none(admin: User) -> None:
    forget("administrator", "contacts.customer")
    presets_complete()
    assert "contacts.customer" not in preset("administrator").matrix
    assert allowed(fresh(admin), "contacts.edit_customer")


def test_an_update_completes_them(admin: User) -> None:
    forget("marketer", "contacts.tag")
    call_command("migrate", "--plan", verbosity=0)
    assert "contacts.tag" not in preset("marketer").matrix
    call_command("migrate", verbosity=0)
    assert preset("marketer").matrix["contacts.tag"]["edit"] == "all"


@pytest.mark.django_db
def test_a_new_installation_has_every_row() -> None:
    call_command("migrate", verbosity=0)
    assert not Role.objects.exists()
    presets_create()
    assert {frozenset(role.matrix) for role in Role.objects.all()} == {frozenset(catalogue())}
