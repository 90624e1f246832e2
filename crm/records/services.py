"""Writing a record: the version decides who was first, the audit entry tells what changed."""

from collections.abc import Mapping
from typing import Any, TypeVar

from django.db import models
from django.utils import timezone

from crm.audit.services import record
from crm.records.errors import StaleRecord
from crm.records.models import Versioned
from crm.staff.models import User

M = TypeVar("M", bound=Versioned)


def changed_fields(obj: models.Model, values: Mapping[str, Any]) -> dict[str, Any]:
    """The part of `values` that differs from the row."""
    return {name: value for name, value in values.items() if getattr(obj, name) != value}


def write_changes(
    *, actor: User | None, obj: M, values: Mapping[str, Any], version: int | None, action: str
) -> M:
    """UPDATE only the changed fields of a versioned row, in the caller's transaction.

    `version` is the version the writer saw; None means the row was locked or just read by the caller.
    Raises StaleRecord, with nothing written, when the row has moved on.
    """
    expected = obj.version if version is None else version
    manager = type(obj)._base_manager
    changes = changed_fields(obj, values)
    if not changes:
        return check_version(obj, expected)
    before = {name: getattr(obj, name) for name in changes}
    now = timezone.now()
    written = manager.filter(pk=obj.pk, version=expected).update(
        **changes, version=expected + 1, updated_at=now
    )
    if not written:
        raise StaleRecord(manager.get(pk=obj.pk))
    for name, value in changes.items():
        setattr(obj, name, value)
    obj.version, obj.updated_at = expected + 1, now
    record(actor=actor, action=action, obj=obj, before=before, after=changes)
    return obj


def write_deletion(*, actor: User | None, obj: M, action: str, version: int | None = None) -> M:
    """Put the row out of sight; `write_restoration` undoes it. Raises StaleRecord."""
    return write_changes(
        actor=actor, obj=obj, values={"deleted_at": timezone.now()}, version=version, action=action
    )


def write_restoration(*, actor: User | None, obj: M, action: str) -> M:
    return write_changes(actor=actor, obj=obj, values={"deleted_at": None}, version=None, action=action)


def check_version(obj: M, version: int) -> M:
    """Raises StaleRecord unless the row still stands at this version."""
    current = type(obj)._base_manager.get(pk=obj.pk)
    if current.version != version:
        raise StaleRecord(current)
    return obj


def touch(obj: M, version: int) -> M:
    """Count the version up for a change in rows that belong to the record. Raises StaleRecord."""
    manager = type(obj)._base_manager
    now = timezone.now()
    if not manager.filter(pk=obj.pk, version=version).update(version=version + 1, updated_at=now):
        raise StaleRecord(manager.get(pk=obj.pk))
    obj.version, obj.updated_at = version + 1, now
    return obj
