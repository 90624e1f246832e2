"""What an update brings to roles that are there already: rows for objects of access they have never heard of.

A role's matrix has a row for each object it knows of, an empty one where nothing is allowed. So a row that is missing
is one that nobody has decided on yet, and a row that is empty is somebody's decision.
"""

from collections.abc import Mapping

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from crm.access.grants import ADMINISTRATOR
from crm.access.models import Role
from crm.access.permissions import catalogue
from crm.access.presets import PRESETS
from crm.audit.services import record

Rows = dict[str, dict[str, str]]


def with_all_rows(matrix: Mapping[str, Mapping[str, str]], preset: Mapping[str, Mapping[str, str]]) -> Rows:
    """The matrix with a row for every object that is declared: as it is, else as the preset says, else empty."""
    unknown = {name: dict(preset.get(name, {})) for name in catalogue() if name not in matrix}
    return {**{name: dict(row) for name, row in matrix.items()}, **unknown}


@transaction.atomic
def presets_complete() -> int:
    """Give the preset roles the rows they lack; what is there stays. Return how many roles may do more than before.

    A role without any row is no preset: somebody made it under that key and allowed nothing.
    """
    roles = Role.objects.select_for_update().filter(key__in=PRESETS).exclude(key=ADMINISTRATOR)
    return sum(role_complete(role) for role in roles.exclude(matrix={}).order_by("pk"))


def role_complete(role: Role) -> bool:
    whole = with_all_rows(role.matrix, PRESETS[role.key]["matrix"])
    if whole.keys() == role.matrix.keys():
        return False
    added = {
        f"{name}.{action}": scope
        for name, row in whole.items()
        if name not in role.matrix
        for action, scope in row.items()
    }
    now = timezone.now()
    Role.objects.filter(pk=role.pk).update(matrix=whole, version=F("version") + 1, updated_at=now)
    if added:
        record(
            actor=None,
            action="access.role.complete",
            obj=role,
            before=dict.fromkeys(added, "none"),
            after=added,
        )
    return bool(added)
