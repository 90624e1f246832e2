"""Who may see a record, and why: each person with the roles and what makes the record theirs."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.access.grants import ADMINISTRATOR, grants, warm_grants
from crm.access.models import Role
from crm.access.scopes import Scope
from crm.staff.models import User
from crm.staff.selectors import colleagues, members_and_above

ACTIONS: dict[str, str | Promise] = {
    "edit": gettext_lazy("edit"),
    "assign": gettext_lazy("assign"),
    "delete": gettext_lazy("delete"),
}


@dataclass(frozen=True)
class Viewer:
    """`why`: what makes the record theirs; `roles`: which of theirs reach so far; `may`: what else they may do."""

    user: User
    why: str
    roles: list[str]
    may: list[str]


@dataclass(frozen=True)
class Place:
    """Where a record stands: its owner, the people in its team, and these with everybody in the teams above."""

    owner_id: int | None
    members: frozenset[int]
    above: frozenset[int]

    def reached(self, user_id: int, scope: Scope) -> bool:
        if scope in (Scope.ALL, Scope.NONE):
            return scope is Scope.ALL
        people = {Scope.OWN: frozenset[int](), Scope.TEAM: self.members, Scope.SUBTEAMS: self.above}
        return user_id == self.owner_id or user_id in people[scope]

    def why(self, user_id: int, scope: Scope) -> str:
        """The nearest of what makes the record theirs."""
        if user_id == self.owner_id:
            return _("Owns it")
        if user_id in self.members:
            return _("Is in its team")
        if scope is not Scope.ALL:
            return _("Is in a team above")
        return _("Sees all of them")


def audience(obj: Any) -> list[Viewer]:
    """Everybody who may see the record, the owner first. Six queries at most, however many they are."""
    judged = judged_record(obj)
    place = place_of(judged)
    people = list(colleagues().prefetch_related("roles"))
    warm_grants(people)
    found = [viewer for user in people if (viewer := viewer_of(user, obj.access_object, place))]
    return sorted(found, key=lambda viewer: viewer.user.pk != place.owner_id)


def judged_record(obj: Any) -> Any:
    """A child without an owner of its own is judged by its parent."""
    parent = getattr(type(obj), "access_parent", None)
    return getattr(obj, parent) if parent and not hasattr(obj, "owner_id") else obj


def place_of(obj: Any) -> Place:
    if not hasattr(obj, "team_id"):
        return Place(None, frozenset(), frozenset())
    return Place(obj.owner_id, *members_and_above(obj.team_id))


def viewer_of(user: User, kind: str, place: Place) -> Viewer | None:
    held = grants(user)
    scope = held.scope(kind, "view")
    if not place.reached(user.pk, scope):
        return None
    may = [str(word) for action, word in ACTIONS.items() if place.reached(user.pk, held.scope(kind, action))]
    return Viewer(user, place.why(user.pk, scope), list(reaching(user, kind, scope)), may)


def reaching(user: User, kind: str, scope: Scope) -> Iterator[str]:
    """The names of the roles that give this scope."""
    roles: list[Role] = list(user.roles.all())
    for role in roles:
        held = role.matrix.get(kind, {}).get("view", "none")
        if role.key == ADMINISTRATOR or Scope.named(held) is scope:
            yield role.name
