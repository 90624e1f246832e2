"""Reading the rows of a list: just the columns that are asked for, without what the reader may not know."""

from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet

from crm.access.grants import grants
from crm.access.scopes import Scope
from crm.fields.declaration import Field
from crm.fields.names import names_of
from crm.fields.types import FieldType
from crm.records.kinds import Kind, declared_fields, kinds
from crm.staff.models import User

Row = dict[str, Any]
STAFF = (FieldType.PERSON, FieldType.TEAM)


def load(kind: Kind, user: User, fields: Iterable[Field], pks: list[int]) -> list[Row]:
    """The rows of these keys in their order."""
    by_pk = {
        row["id"]: row for row in read(kind, user, fields, kind.model._default_manager.filter(pk__in=pks))
    }
    return [by_pk[pk] for pk in pks if pk in by_pk]


def read(kind: Kind, user: User, fields: Iterable[Field], rows: QuerySet[Any]) -> list[Row]:
    """These records, which the reader may see, by field key; of another row its name, and its id under `key.id`."""
    shown = list(fields)
    paths = paths_of(kind, user, shown)
    names = ("id", *paths)
    found = [dict(zip(names, row, strict=True)) for row in rows.values_list("pk", *paths.values())]
    hide(kind, user, shown, paths, found)
    for field in shown:
        if field.many:
            fill_many(field, found)
        elif field.is_keyed and field.key not in paths:
            fill_names(field, user, found)
    return found


def paths_of(kind: Kind, user: User, fields: list[Field]) -> dict[str, str]:
    """The key of each value of a row and its path."""
    paths: dict[str, str] = {}
    for field in fields:
        if field.many:
            continue
        if field.is_keyed:
            paths[f"{field.key}.id"] = field.orm
            if field.name_path and (field.type in STAFF or sees_all(user, field)):
                paths[field.key] = field.name_path
        else:
            paths[field.key] = field.orm
        if field.currency_path:
            paths[f"{field.key}.currency"] = field.currency_path
        if field.through and not sees_all(user, field):
            paths[f"{field.through}"] = field.through
        paths.update(field.beside)
    return paths


def sees_all(user: User, field: Field) -> bool:
    """Whether no record that the field is known through can be hidden from the reader."""
    return not field.through or grants(user).scope(field.through_kind, "view") is Scope.ALL


def hide(kind: Kind, user: User, fields: list[Field], paths: dict[str, str], rows: list[Row]) -> None:
    """Empty every value that is known through a record which the reader may not see: one query for each such key."""
    known_through = {**declared_fields(kind.key), **{field.key: field for field in fields}}
    through = {
        field.through: field.through_kind
        for field in known_through.values()
        if field.through in paths.values() and not sees_all(user, field)
    }
    for path, target in through.items():
        holders = [key for key, found in paths.items() if found == path]
        seen = visible_keys(user, target, {row[holders[0]] for row in rows} - {None})
        emptied = {*holders, *(field.key for field in fields if field.through == path)}
        for row in rows:
            if row[holders[0]] not in seen:
                row.update(dict.fromkeys(emptied & row.keys()))


def visible_keys(user: User, target: str, keys: set[Any]) -> set[Any]:
    if not keys:
        return set()
    manager: Any = kinds()[target].model._default_manager
    return set(manager.visible_to(user).filter(pk__in=keys).values_list("pk", flat=True))


def hidden_in(user: User, kind: Kind, field: Field, pks: Iterable[int]) -> set[int]:
    """Which of the records hold in this field another record that the person may not see, and so may not write over."""
    if sees_all(user, field):
        return set()
    held = dict(kind.rows().filter(pk__in=pks).values_list("pk", field.through))
    seen = visible_keys(user, field.through_kind, set(held.values()) - {None})
    return {pk for pk, key in held.items() if key is not None and key not in seen}


def fill_names(field: Field, user: User, rows: list[Row]) -> None:
    names = names_of(field, user, {row[f"{field.key}.id"] for row in rows} - {None})
    for row in rows:
        row[field.key] = names.get(row[f"{field.key}.id"])


def fill_many(field: Field, rows: list[Row]) -> None:
    """The values that stand in rows of their own, as one text: one query for the page."""
    many = field.many
    if many is None:
        return
    texts: dict[int, list[str]] = {}
    found = many.rows().filter(**{f"{many.key}__in": [row["id"] for row in rows]})
    shown = many.shown or many.value
    for pk, text in found.order_by(shown).values_list(many.key, shown):
        texts.setdefault(pk, []).append(str(text))
    for row in rows:
        row[field.key] = ", ".join(texts.get(row["id"], ()))
