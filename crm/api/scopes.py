"""What a token may do of what its user may do: the user's grants, narrowed."""

from collections.abc import Mapping
from functools import cache

from crm.access.grants import Grants, grants
from crm.access.permissions import catalogue
from crm.api.models import ApiToken
from crm.api.resources import resources
from crm.staff.models import User

READ, WRITE = "read", "write"
READING = ("view",)


@cache
def scope_objects() -> dict[str, str]:
    """The objects that a scope can name, with the words for them, in the order of the resources."""
    names = dict.fromkeys(name for resource in resources().values() for name in resource.scopes)
    names["lists.view"] = None
    return {name: str(catalogue()[name].label) for name in names}


def narrowed(held: Grants, scopes: Mapping[str, str]) -> Grants:
    """Never more than what is held: a scope only takes away."""
    kept = {
        (name, action): scope
        for (name, action), scope in held.scopes.items()
        if scopes.get(name) == WRITE or (scopes.get(name) == READ and action in READING)
    }
    return Grants(held.user_id, kept, held.field_groups, held.roles)


def bound(user: User, token: ApiToken | None) -> User:
    """The user with the grants of the token, which everything that asks for permission goes by."""
    if token is not None and not token.is_everything:
        user.kept_grants = narrowed(grants(user), token.scopes)  # type: ignore[attr-defined]
    return user


def covers(token: ApiToken | None, name: str, *, writes: bool) -> bool:
    """Whether the token's scopes reach an object at all; a session reaches everything."""
    if token is None or token.is_everything:
        return True
    return token.scopes.get(name) in ((WRITE,) if writes else (READ, WRITE))
