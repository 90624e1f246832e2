"""Services of a kind of record that needs no rules of its own: a declaration names them, and they do what each says."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from crm.access.services import require
from crm.audit.services import record
from crm.records.kinds import Kind, kind_of
from crm.records.services import assigned, write_changes, write_deletion, write_restoration
from crm.search.services import index, unindex
from crm.search.sources import sources
from crm.staff.models import User
from crm.staff.selectors import default_team


def declared(obj: Any) -> Kind:
    kind = kind_of(obj)
    if kind is None:
        raise LookupError(f"{obj._meta.label_lower} is no kind of record")
    return kind


@transaction.atomic
def record_create(*, actor: User, kind: Kind, values: Mapping[str, Any]) -> Any:
    """Add a record; without an owner it is its creator's. Giving it to somebody else needs the right to assign."""
    require(actor, kind.permission("create"))
    obj: Any = kind.model()
    if is_owned(kind):
        obj.owner, obj.team = actor, default_team(actor)
    for name, value in assigned(obj, values).items():
        setattr(obj, name, value)
    if is_owned(kind) and obj.owner_id != actor.pk:
        require(actor, kind.permission("assign"))
    check(obj)
    obj.save()
    keep_found(obj)
    record(actor=actor, action=f"{kind.key}.create", obj=obj, after=values)
    return obj


@transaction.atomic
def record_edit(*, actor: User, obj: Any, values: Mapping[str, Any], version: int) -> Any:
    """Change fields. A new owner or team needs the right to assign. Raises StaleRecord."""
    kind = declared(obj)
    require(actor, kind.permission("edit"), obj)
    if {"owner", "team"} & values.keys():
        require(actor, kind.permission("assign"), obj)
    draft = kind.model._base_manager.get(pk=obj.pk)
    for name, value in assigned(draft, values).items():
        setattr(draft, name, value)
    check(draft)
    write_changes(actor=actor, obj=obj, values=values, version=version, action=f"{kind.key}.edit")
    keep_found(obj)
    return obj


def is_owned(kind: Kind) -> bool:
    return any(field.name == "owner" for field in kind.model._meta.concrete_fields)


def check(obj: Any) -> None:
    """What the model itself says of its rows: `clean` and its constraints. Raises ValidationError."""
    obj.clean()
    obj.validate_constraints()


@transaction.atomic
def record_delete(*, actor: User, obj: Any) -> Any:
    """Take the record out of sight; `record_restore` brings it back."""
    kind = declared(obj)
    require(actor, kind.permission("delete"), obj)
    write_deletion(actor=actor, obj=obj, action=f"{kind.key}.delete")
    if kind.key in sources():
        unindex(obj)
    return obj


@transaction.atomic
def record_restore(*, actor: User, obj: Any) -> Any:
    kind = declared(obj)
    require(actor, kind.permission("delete"), obj)
    write_restoration(actor=actor, obj=obj, action=f"{kind.key}.restore")
    keep_found(obj)
    return obj


def keep_found(obj: Any) -> None:
    """In the search index, if its kind is searched."""
    if obj._meta.label_lower in sources():
        index(obj)
