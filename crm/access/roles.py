"""Writing roles: who may do what. A change counts from everybody's next request on."""

from collections.abc import Mapping

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from crm.access.delegation import within
from crm.access.grants import ADMINISTRATOR, grants, merged_grants
from crm.access.models import Role
from crm.access.permissions import catalogue, field_groups
from crm.access.presets import PRESETS
from crm.access.scopes import LEVELS, AccessObject, Scope
from crm.access.services import require
from crm.audit.services import record
from crm.one_at_a_time import wait_for_turn
from crm.records.services import touch
from crm.staff.models import Invite, User

Matrix = Mapping[str, Mapping[str, str]]
LONGEST_KEY = 40
NAMES = "names of roles"


@transaction.atomic
def role_create(*, actor: User, name: str, source: Role | None = None) -> Role:
    """A role that allows nothing yet, or as much as `source` does. Raises ValidationError."""
    require(actor, "access.create_role")
    wait_for_turn(NAMES)
    check_name(name)
    role = Role(key=free_key(name), name=name)
    if source is not None:
        role.matrix, role.field_groups = spelled_out(source)
    require_within(actor, role)
    role.save()
    told = {"name": name} | ({"source": source.name} if source else {})
    record(actor=actor, action="access.role.create", obj=role, after=told)
    return role


def spelled_out(role: Role) -> tuple[dict[str, dict[str, str]], dict[str, str]]:
    """The role's matrix and levels; those of the administrator, who holds them unwritten, in full."""
    if role.key != ADMINISTRATOR:
        return dict(role.matrix), dict(role.field_groups)
    matrix = {item.name: dict.fromkeys(item.actions, "all") for item in catalogue().values()}
    return matrix, dict.fromkeys(field_groups(), "edit")


def free_key(name: str) -> str:
    stem = slugify(name)[: LONGEST_KEY - 4] or "role"
    taken = set(Role.objects.filter(key__startswith=stem).values_list("key", flat=True)) | PRESETS.keys()
    return next(key for key in (stem, *(f"{stem}-{n}" for n in range(2, 1000))) if key not in taken)


def check_name(name: str, role: Role | None = None) -> None:
    others = Role.objects.exclude(pk=role.pk) if role else Role.objects.all()
    if others.filter(name__iexact=name).exists():
        raise ValidationError({"name": _("There is a role called %(name)s already.") % {"name": name}})


@transaction.atomic
def role_edit(
    *, actor: User, role: Role, name: str, matrix: Matrix, levels: Mapping[str, str], version: int
) -> Role:
    """Change what the holders of a role may do. Raises StaleRecord, ValidationError."""
    require(actor, "access.edit_role")
    if role.key == ADMINISTRATOR:
        raise ValidationError(_("Administrators may do everything. Copy the role and change the copy."))
    check_cells(matrix, levels)
    wait_for_turn(NAMES)
    check_name(name, role)
    require_within(actor, role)
    whole = {**role.matrix, **{key: without_none(cells) for key, cells in matrix.items()}}
    whole_levels = {**role.field_groups, **levels}
    require_within(actor, Role(matrix=whole, field_groups=whole_levels))
    before = flat(role)
    touch(role, version)
    role.name, role.matrix, role.field_groups = name, whole, whole_levels
    role.save(update_fields=["name", "matrix", "field_groups"])
    after = flat(role)
    changed = sorted(key for key in before.keys() | after.keys() if before.get(key) != after.get(key))
    if changed:
        told = [{key: values.get(key, "none") for key in changed} for values in (before, after)]
        record(actor=actor, action="access.role.edit", obj=role, before=told[0], after=told[1])
    return role


def without_none(cells: Mapping[str, str]) -> dict[str, str]:
    return {action: scope for action, scope in cells.items() if scope != "none"}


def flat(role: Role) -> dict[str, str]:
    """One key for each cell, as the history tells them."""
    cells = {
        f"{name}.{action}": scope
        for name, actions in role.matrix.items()
        for action, scope in actions.items()
        if scope != "none"
    }
    levels = {f"field_group.{group}": level for group, level in role.field_groups.items()}
    return {"name": role.name, **cells, **levels}


def check_cells(matrix: Matrix, levels: Mapping[str, str]) -> None:
    """Raises ValidationError for a cell that nobody declared or a scope that it does not know."""
    for name, cells in matrix.items():
        declared = catalogue().get(name)
        for action, scope in cells.items():
            if declared is None or action not in declared.actions or scope not in scopes_of(declared):
                raise ValidationError(_("There is no such permission: %s.") % f"{name}.{action} {scope}")
    if not (levels.keys() <= field_groups().keys() and set(levels.values()) <= set(LEVELS)):
        raise ValidationError(_("There is no such field group."))


def scopes_of(declared: AccessObject) -> tuple[str, ...]:
    every = tuple(scope.name.lower() for scope in Scope)
    return every if declared.owned else (every[0], every[-1])


def require_within(actor: User, role: Role) -> None:
    """Raises ValidationError for a role that allows more than the person who writes it may do."""
    if not within(merged_grants(actor.pk, [role]), grants(actor)):
        raise ValidationError(_("You may only give permissions that you hold yourself."))


@transaction.atomic
def role_delete(*, actor: User, role: Role, replacement: Role | None) -> None:
    """Whoever holds it, or is invited with it, gets `replacement`. Raises ValidationError."""
    require(actor, "access.delete_role")
    locked = Role.objects.select_for_update(of=("self",)).get(pk=role.pk)
    if locked.key == ADMINISTRATOR:
        raise ValidationError(_("The role of administrators cannot be deleted."))
    require_within(actor, locked)
    holders = list(locked.users.all())
    invites = list(Invite.objects.filter(roles=locked, state=Invite.State.WAITING))
    if (holders or invites) and (replacement is None or replacement.pk == locked.pk):
        raise ValidationError({"replacement": _("People hold this role. Choose the one they get instead.")})
    if replacement is not None:
        require_within(actor, replacement)
        replacement.users.add(*holders)
        for invite in invites:
            invite.roles.add(replacement)
    told = {"name": locked.name, "members": [str(user) for user in holders]}
    after = {"successor": replacement.name} if replacement else {}
    record(actor=actor, action="access.role.delete", obj=locked, before=told, after=after)
    locked.delete()
