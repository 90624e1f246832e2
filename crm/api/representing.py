"""Records as JSON: the fields that the reader may know, those that were asked for, a whole page in a few queries."""

from collections.abc import Iterable
from functools import cached_property
from typing import Any

from django.utils.translation import gettext as _

from crm.api.problems import bad_request
from crm.api.resources import Nested, Resource, Row
from crm.api.values import Show, shower
from crm.fields.catalogue import PREFIX, Fields, fields_for
from crm.fields.declaration import Field
from crm.fields.types import FieldType
from crm.lists.reading import load
from crm.staff.models import User

LONGEST = 2_000
VERSION = "version"


class Shape:
    """What is shown of the records of a resource: all that the reader may know, or just what `?fields=` names."""

    def __init__(self, resource: Resource, user: User, asked: str | None = None) -> None:
        self.resource, self.user = resource, user
        known = fields_for(resource.kind, user)
        names = set(known) if asked is None else read_names(resource, known, asked)
        self.fields = [field for key, field in known.items() if key in names]
        self.nested = [item for item in resource.nested if asked is None or item.key in names]
        self.has_version = bool(resource.version) and (asked is None or VERSION in names)
        self.has_custom = any(field.is_custom for field in self.fields)

    def rows(self, pks: list[int]) -> list[Row]:
        """The records of these keys, in their order."""
        single = [field for field in self.fields if not field.many]
        kind = self.resource.record_kind
        extra = [version_field(self.resource)] if self.has_version else []
        raw = load(kind, self.user, [*single, *extra], pks)
        rows = [self.row(values) for values in raw]
        for field in self.fields:
            if field.many:
                fill_many(field, rows)
        for item in self.nested:
            item.fill(self.user, rows)
        return rows

    def one(self, pk: int) -> Row:
        return self.rows([pk])[0]

    def row(self, values: Row) -> Row:
        """The values as JSON, in the order of declaration; custom ones under `custom`."""
        row: Row = {"id": values["id"]}
        if self.has_version:
            row[VERSION] = values[VERSION]
        custom: Row = {}
        for key, show, is_keyed, holder in self.plan:
            if is_keyed:
                found: Any = reference(values, key)
            else:
                found = values[key]
                if show is not None and found is not None:
                    found = show(found)
            if holder:
                custom[holder] = found
            else:
                row[key] = found
        if self.has_custom:
            row["custom"] = custom
        return row

    @cached_property
    def plan(self) -> list[tuple[str, Show | None, bool, str]]:
        """(key, how it is shown, whether it names another row, its name under `custom`) of each single field."""
        return [
            (
                field.key,
                shower(field),
                field.is_keyed,
                field.key.removeprefix(PREFIX) if field.is_custom else "",
            )
            for field in self.fields
            if not field.many
        ]


def reference(values: Row, key: str) -> dict[str, Any] | None:
    pk = values[f"{key}.id"]
    return None if pk is None else {"id": pk, "name": values[key]}


def read_names(resource: Resource, known: Fields, asked: str) -> set[str]:
    """The names of `?fields=a,b`; one that the reader may not know is as unknown as any other."""
    names = {name.strip() for name in asked[:LONGEST].split(",") if name.strip()}
    if "custom" in names:
        names |= {key for key in known if key.startswith(PREFIX)}
    others = {"id", "custom", *(item.key for item in resource.nested)} | (
        {VERSION} if resource.version else set()
    )
    for name in sorted(names - known.keys() - others):
        raise bad_request(_('There is no field "%s".') % name[:80], "fields")
    return names


def version_field(resource: Resource) -> Field:
    return Field(VERSION, "version", FieldType.NUMBER, path=resource.version)


def fill_many(field: Field, rows: list[Row]) -> None:
    """Values that stand in rows of their own, as a list: one query for the page."""
    many = field.many
    if many is None or not rows:
        return
    shown = many.shown or many.value
    found: dict[int, list[str]] = {row["id"]: [] for row in rows}
    values = many.rows().filter(**{f"{many.key}__in": list(found)}).order_by(shown)
    for pk, text in values.values_list(many.key, shown):
        found[pk].append(str(text))
    for row in rows:
        row[field.key] = found[row["id"]]


def nested_of(resource: Resource) -> Iterable[Nested]:
    return resource.nested
