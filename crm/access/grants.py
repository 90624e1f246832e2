"""What one person may do: their roles merged, the widest scope winning."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from crm.access.beside import roles_of
from crm.access.models import Role
from crm.access.permissions import catalogue, field_groups, read_permission
from crm.access.scopes import ACTIONS, LEVELS, Scope
from crm.staff.models import User
from crm.staff.selectors import team_reach, teams_above

ADMINISTRATOR = "administrator"  # the key of the role that may do everything, whatever apps are added later


@dataclass(frozen=True)
class Grants:
    """Scopes by (object, action), the level of each field group, and the roles they come from, in order of name."""

    user_id: int
    scopes: Mapping[tuple[str, str], Scope]
    field_groups: Mapping[str, str]
    roles: tuple[int, ...] = ()

    @cached_property
    def reach(self) -> Mapping[Scope, frozenset[int]]:
        """The person's teams, and these with all below them; read when somebody's rows depend on it."""
        own, below = team_reach(self.user_id)
        return {Scope.TEAM: own, Scope.SUBTEAMS: below}

    @cached_property
    def teams_above(self) -> frozenset[int]:
        """The person's teams and all teams above them: what is shared with those is shared with the person."""
        return teams_above(self.user_id)

    def scope(self, object_name: str, action: str) -> Scope:
        return self.scopes.get((object_name, action), Scope.NONE)

    def scope_of(self, permission: str) -> Scope:
        found = read_permission(permission)
        return self.scope(found.object_name, found.action)

    def teams(self, scope: Scope) -> frozenset[int]:
        """The teams whose rows a scope reaches."""
        return self.reach[scope] if scope in (Scope.TEAM, Scope.SUBTEAMS) else frozenset()

    def covers(self, scope: Scope, obj: Any) -> bool:
        """Whether a scope reaches this row; a child without an owner of its own is judged by its parent."""
        parent = getattr(type(obj), "access_parent", None)
        if parent is not None and not hasattr(obj, "owner_id"):
            obj = getattr(obj, parent)
        if scope in (Scope.ALL, Scope.NONE):
            return scope is Scope.ALL
        return obj.owner_id == self.user_id or obj.team_id in self.teams(scope)


def grants(user: User) -> Grants:
    """The grants of a person, read once per user instance, that is once per request."""
    kept: Grants | None = getattr(user, "kept_grants", None)
    if kept is None:
        kept = read_grants(user)
        user.kept_grants = kept  # type: ignore[attr-defined]
    return kept


def read_grants(user: User) -> Grants:
    return merged_grants(user.pk, roles_of(user.pk) if user.is_active else ())


def warm_grants(users: Iterable[User]) -> None:
    """Read the roles of many people at once, for what asks each of them in turn."""
    active = {user.pk: user for user in users if user.is_active}
    roles = Role.objects.in_bulk()
    held: dict[int, list[Role]] = {pk: [] for pk in active}
    for user_id, role_id in Role.users.through.objects.filter(user_id__in=active).values_list(
        "user_id", "role_id"
    ):
        held[user_id].append(roles[role_id])
    for pk, user in active.items():
        user.kept_grants = merged_grants(pk, held[pk])  # type: ignore[attr-defined]


def merged_grants(user_id: int, roles: Iterable[Role]) -> Grants:
    scopes: dict[tuple[str, str], Scope] = {}
    groups: dict[str, str] = {}
    held = sorted(roles, key=lambda role: role.name)
    ids = tuple(role.pk for role in held)
    for role in held:
        if role.key == ADMINISTRATOR:
            return everything(user_id, ids)
        for object_name, actions in role.matrix.items():
            for action, scope in actions.items():
                key = (object_name, action)
                scopes[key] = max(scopes.get(key, Scope.NONE), Scope.named(scope))
        for group, level in role.field_groups.items():
            groups[group] = max(groups.get(group, "hidden"), level, key=LEVELS.index)
    return Grants(user_id, scopes, groups, ids)


def everything(user_id: int, roles: tuple[int, ...] = ()) -> Grants:
    scopes = {(name, action): Scope.ALL for name in catalogue() for action in ACTIONS}
    return Grants(user_id, scopes, dict.fromkeys(field_groups(), "edit"), roles)
