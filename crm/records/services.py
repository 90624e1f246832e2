"""Writing a record: the version decides who was first, the audit entry tells what changed."""

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from django.db import models
from django.utils import timezone

from crm.audit.services import record, record_many
from crm.records.errors import StaleRecord
from crm.records.models import Versioned
from crm.staff.models import User

M = TypeVar("M", bound=Versioned)


def changed_fields(obj: models.Model, values: Mapping[str, Any]) -> dict[str, Any]:
    """The part of `values` that differs from the row."""
    return {name: value for name, value in values.items() if current(obj, name) != value}


CUSTOM = "custom."


def current(obj: models.Model, name: str) -> Any:
    """What the row holds in a field, or in a custom one (`custom.size`)."""
    if name.startswith(CUSTOM):
        return obj.custom.get(name.removeprefix(CUSTOM))  # type: ignore[attr-defined]
    return getattr(obj, name)


def assigned(obj: models.Model, changes: Mapping[str, Any]) -> dict[str, Any]:
    """The columns to write: values of custom fields become one new `custom`; an empty one is taken out."""
    columns = {name: value for name, value in changes.items() if not name.startswith(CUSTOM)}
    if len(columns) < len(changes):
        custom = dict(obj.custom)  # type: ignore[attr-defined]
        for name in changes.keys() - columns.keys():
            custom[name.removeprefix(CUSTOM)] = changes[name]
        columns["custom"] = {key: value for key, value in custom.items() if value not in (None, "", [])}
    return columns


def write_changes(
    *,
    actor: User | None,
    obj: M,
    values: Mapping[str, Any],
    version: int | None,
    action: str,
    beside: Mapping[str, Any] | None = None,
) -> M:
    """UPDATE only the changed fields of a versioned row, in the caller's transaction.

    `version` is the version the writer saw; None means the row was locked or just read by the caller.
    `beside` are columns that follow from the change and that no history tells (a clock).
    Raises StaleRecord, with nothing written, when the row has moved on.
    """
    expected = obj.version if version is None else version
    manager = type(obj)._base_manager
    changes = changed_fields(obj, values)
    if not changes:
        return check_version(obj, expected)
    before = {name: current(obj, name) for name in changes}
    columns = {**assigned(obj, changes), **(beside or {})}
    now = timezone.now()
    written = manager.filter(pk=obj.pk, version=expected).update(
        **columns, version=expected + 1, updated_at=now
    )
    if not written:
        raise StaleRecord(manager.get(pk=obj.pk))
    for name, value in columns.items():
        setattr(obj, name, value)
    obj.version, obj.updated_at = expected + 1, now
    record(actor=actor, action=action, obj=obj, before=told(obj, before), after=told(obj, changes))
    return obj


def told(obj: models.Model, values: Mapping[str, Any]) -> dict[str, Any]:
    """As histories name fields: stage, also where the column stage_id was written."""
    return {
        name if name.startswith(CUSTOM) else obj._meta.get_field(name).name: value
        for name, value in values.items()
    }


def write_many(
    *, actor: User | None, rows: Sequence[M], values: Mapping[str, Any], action: str
) -> dict[int, dict[str, Any]]:
    """UPDATE the same fields of many rows at once, in the caller's transaction; the rows are locked by the caller.

    `values` are by column (`owner_id`) or custom field. Returns what each changed row was; the others stay untouched.
    """
    before = {row.pk: differing(row, values) for row in rows}
    changed = [row for row in rows if before[row.pk]]
    if not changed:
        return {}
    now = timezone.now()
    write_columns(changed, values, now)
    for row in changed:
        row.version, row.updated_at = row.version + 1, now
    record_many(
        actor=actor,
        action=action,
        changes=[
            (row, named(before[row.pk]), named({name: values[name] for name in before[row.pk]}))
            for row in changed
        ],
    )
    return {row.pk: before[row.pk] for row in changed}


def differing(row: M, values: Mapping[str, Any]) -> dict[str, Any]:
    """What the row holds where it is not as it would be."""
    return {name: current(row, name) for name, value in values.items() if current(row, name) != value}


def write_columns(rows: Sequence[M], values: Mapping[str, Any], now: Any) -> None:
    """One UPDATE; with custom fields, whose column differs from row to row, one per row."""
    manager = type(rows[0])._base_manager
    counted = {"version": models.F("version") + 1, "updated_at": now}
    if any(name.startswith(CUSTOM) for name in values):
        for row in rows:
            columns = assigned(row, values)
            manager.filter(pk=row.pk).update(**columns, **counted)
            for name, value in columns.items():
                setattr(row, name, value)
        return
    manager.filter(pk__in=[row.pk for row in rows]).update(**values, **counted)
    for row in rows:
        for name, value in values.items():
            setattr(row, name, value)


def named(values: Mapping[str, Any]) -> dict[str, Any]:
    """As histories name fields: owner, not owner_id."""
    return {name.removesuffix("_id"): value for name, value in values.items()}


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
