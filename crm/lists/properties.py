"""The properties of a record by declaration: every field that the reader may know, editable where they may."""

from typing import Any

from django.urls import reverse

from crm.access.services import allowed
from crm.fields.catalogue import may_edit
from crm.fields.declaration import Field
from crm.fields.shown import shower
from crm.fields.types import FieldType
from crm.lists.reading import Row, read
from crm.money.formatting import money
from crm.records.kinds import Kind, kinds
from crm.records.properties import Property
from crm.staff.models import User


def properties_of(kind: Kind, user: User, obj: Any, shown: list[Field]) -> list[Property]:
    """These fields of a record that the reader may see: their values in one query, and one per other kind of row."""
    (row,) = read(kind, user, shown, kind.rows().filter(pk=obj.pk))
    return [property_of(kind, user, obj, field, row) for field in shown]


def texts_of(kind: Kind, user: User, pk: int, shown: list[Field]) -> dict[str, str]:
    """What a record that the reader may see holds in these fields, in words, by key."""
    (row,) = read(kind, user, shown, kind.rows().filter(pk=pk))
    return {field.key: text_of(field, row) for field in shown}


def property_of(kind: Kind, user: User, obj: Any, field: Field, row: Row) -> Property:
    editable = kind.edit is not None and may_edit(user, kind.key, field)
    right = field.edit_permission or kind.permission("edit")
    edit_url = (
        reverse("lists:property", args=[kind.slug, obj.pk, field.key])
        if editable and allowed(user, right, obj)
        else ""
    )
    name = field.key.replace(".", "-")
    return Property(name, field.title, text_of(field, row), url_of(field, row), edit_url, is_long(field))


def text_of(field: Field, row: Row) -> str:
    value = row[field.key]
    if value in (None, "", []):
        return ""
    if field.currency_path:
        return money(value, row[f"{field.key}.currency"])
    return str(value) if field.is_keyed or field.many else shower(field)(value)


def url_of(field: Field, row: Row) -> str:
    """Where the value leads: the record it names, the page of a link."""
    if field.type is FieldType.LINK:
        return str(row[field.key] or "")
    if field.type is not FieldType.RECORD or not row[field.key]:
        return ""
    return kinds()[field.through_kind].url(row[f"{field.key}.id"])


def is_long(field: Field) -> bool:
    return field.type is FieldType.LONG_TEXT
