"""Writing audit entries, in the transaction of the write they tell of."""

from collections.abc import Callable, Mapping, Sequence
from contextvars import ContextVar
from functools import cache
from typing import Any

from django.conf import settings
from django.db import models
from django.utils.module_loading import import_string

from crm.audit.models import AuditEntry
from crm.staff.models import User

# hears of writes (entry, object) in their transaction; bulk work calls it once for many
Listener = Callable[[Sequence[tuple[AuditEntry, models.Model]]], None]
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
    """Add an entry and tell AUDIT_LISTENERS. `action` reads `<app>.<kind>.<verb>`; actor None is the system itself."""
    entry = AuditEntry.objects.create(
        actor=actor,
        action=action,
        object_type=obj._meta.label_lower,
        object_id=obj.pk,
        before={name: plain(value) for name, value in (before or {}).items()},
        after={name: plain(value) for name, value in (after or {}).items()},
        ip=origin_ip.get(),
    )
    tell_listeners([(entry, obj)])
    return entry


Change = tuple[models.Model, Mapping[str, Any], Mapping[str, Any]]


def record_many(*, actor: User | None, action: str, changes: Sequence[Change]) -> None:
    """Entries for many rows, (row, before, after), written at once; listeners hear of them together."""
    entries = [
        AuditEntry(
            actor=actor,
            action=action,
            object_type=obj._meta.label_lower,
            object_id=obj.pk,
            before={name: plain(value) for name, value in before.items()},
            after={name: plain(value) for name, value in after.items()},
            ip=origin_ip.get(),
        )
        for obj, before, after in changes
    ]
    AuditEntry.objects.bulk_create(entries, batch_size=1_000)
    tell_listeners([(entry, change[0]) for entry, change in zip(entries, changes, strict=True)])


@cache
def listeners() -> tuple[Listener, ...]:
    return tuple(import_string(path) for path in settings.AUDIT_LISTENERS)


def tell_listeners(written: Sequence[tuple[AuditEntry, models.Model]]) -> None:
    """For those who write many entries at once by themselves; `record` has told of its own."""
    for listener in listeners():
        listener(written)
