"""Writing audit entries, in the transaction of the write they tell of."""

from collections.abc import Mapping
from contextvars import ContextVar
from typing import Any

from django.db import models

from crm.audit.models import AuditEntry
from crm.staff.models import User

origin_ip: ContextVar[str | None] = ContextVar("origin_ip", default=None)


def plain(value: Any) -> Any:
    """A value as it is kept in the entry: related rows by key."""
    return value.pk if isinstance(value, models.Model) else value


def record(
    *,
    actor: User | None,
    action: str,
    obj: models.Model,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
) -> AuditEntry:
    """Add an entry. `action` reads `<app>.<kind>.<verb>`; actor None means the system itself."""
    return AuditEntry.objects.create(
        actor=actor,
        action=action,
        object_type=obj._meta.label_lower,
        object_id=obj.pk,
        before={name: plain(value) for name, value in (before or {}).items()},
        after={name: plain(value) for name, value in (after or {}).items()},
        ip=origin_ip.get(),
    )
