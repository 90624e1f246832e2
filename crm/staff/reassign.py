"""Handing what a person owns to a colleague: which records that are is declared in settings.REASSIGNERS."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils.functional import Promise
from django.utils.module_loading import import_string

from crm.search.services import index
from crm.staff.models import User


@dataclass(frozen=True)
class Reassigner:
    """A kind of record with an owner. `rows` narrows what is handed over (open tasks); `after` follows each write."""

    key: str
    label: str | Promise
    manager: Callable[[], QuerySet[Any]]
    action: str
    rows: Q = field(default_factory=Q)
    after: Callable[[Any], object] = index

    def owned_by(self, person: User) -> QuerySet[Any]:
        return self.manager().filter(self.rows, owner=person)


@cache
def reassigners() -> tuple[Reassigner, ...]:
    return tuple(item for path in settings.REASSIGNERS for item in import_string(path))


def belongings(person: User) -> list[dict[str, Any]]:
    """What the person owns: a line with a count for each kind of record, also when it is none."""
    return [
        {"key": item.key, "label": item.label, "count": item.owned_by(person).count()}
        for item in reassigners()
    ]
