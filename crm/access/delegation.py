"""Nobody gives away more than they hold: what one may do with the roles of others."""

from collections.abc import Iterable

from crm.access.grants import Grants, grants, merged_grants
from crm.access.models import Role
from crm.access.scopes import LEVELS
from crm.staff.models import User


def within(narrow: Grants, wide: Grants) -> bool:
    """Whether every scope and every field level of `narrow` is reached by `wide`."""
    scopes = all(scope <= wide.scope(*place) for place, scope in narrow.scopes.items())
    levels = all(
        LEVELS.index(level) <= LEVELS.index(wide.field_groups.get(group, "hidden"))
        for group, level in narrow.field_groups.items()
    )
    return scopes and levels


def may_give(user: User, roles: Iterable[Role]) -> bool:
    """Whether these roles, together, allow nothing that the person may not do already."""
    return within(merged_grants(user.pk, roles), grants(user))


def may_rule(user: User, other: User) -> bool:
    """Whether somebody may change the account of another: never of one who may do more than they."""
    return within(merged_grants(other.pk, other.roles.all()), grants(user))
