"""What is read in the query of the reader's roles, because every page or write needs it: settings.READ_BESIDE_ROLES."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.conf import settings
from django.db.models.expressions import Combinable
from django.utils.module_loading import import_string

from crm.access.models import Role
from crm.kept import has_kept, in_request, keep


@dataclass(frozen=True)
class Beside:
    """`name` is that under which it is kept; `expression` reads it, `made` turns what was read into what is kept."""

    name: str
    expression: Callable[[], Combinable]
    made: Callable[[Any], Any]


@cache
def besides() -> tuple[Beside, ...]:
    return tuple(import_string(path) for path in settings.READ_BESIDE_ROLES)


def roles_of(user_id: int) -> list[Role]:
    """The roles of a person; within a request, what is read beside them is kept."""
    wanted = besides() if in_request() else ()
    missing = {f"beside_{item.name}".replace(".", "_"): item for item in wanted if not has_kept(item.name)}
    expressions = {name: item.expression() for name, item in missing.items()}
    roles = list(Role.objects.filter(users=user_id).annotate(**expressions))
    for name, item in missing.items() if roles else ():
        keep(item.name, item.made(getattr(roles[0], name)))
    return roles
