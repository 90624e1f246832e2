"""A value as JSON carries it, by the type of its field: money and exact numbers as text, times in UTC."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from django.db import models
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from crm.fields.declaration import Field
from crm.fields.types import FieldType
from crm.lists.page import field_at
from crm.notifications.mentions import plain
from crm.records.kinds import Kind

Show = Callable[[Any], Any]


class ReferenceField(serializers.Field):
    """Another row: its id and its name."""


extend_schema_field(
    {
        "type": "object",
        "properties": {"id": {"type": "integer"}, "name": {"type": "string", "nullable": True}},
        "required": ["id", "name"],
    }
)(ReferenceField)


def moment_text(value: Any) -> str:
    """`2026-03-01T09:30:00Z`; a text out of `custom` stays what it is."""
    if not isinstance(value, datetime):
        return str(value)
    return value.astimezone(UTC).isoformat().removesuffix("+00:00") + "Z"


def money_text(value: Any) -> str:
    return format(value, "f") if isinstance(value, Decimal) else f"{value:.2f}"


def number(value: Any) -> Any:
    return format(value, "f") if isinstance(value, Decimal) else value


def words(value: Any) -> str:
    """Text; colleagues named in it stand there as people read them."""
    return plain(value) if "](user:" in value else value


def day(value: Any) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)


SHOWN: dict[FieldType, Show] = {
    FieldType.TEXT: words,
    FieldType.LONG_TEXT: words,
    FieldType.NUMBER: number,
    FieldType.MONEY: money_text,
    FieldType.DATE: day,
    FieldType.MOMENT: moment_text,
}


def shower(field: Field) -> Show | None:
    """What turns a value of the database into JSON; None where it is JSON already."""
    return SHOWN.get(field.type)


def schema_field(kind: Kind, field: Field) -> serializers.Field:
    """The same as the public schema tells it."""
    options = {"read_only": True, "allow_null": field.nullable, "help_text": str(field.hint) or field.title}
    if field.many:
        return serializers.ListField(child=serializers.CharField(), **options | {"allow_null": False})
    if field.is_keyed:
        return ReferenceField(**options)
    match field.type:
        case FieldType.NUMBER:
            return number_field(kind, field, options)
        case FieldType.MONEY:
            return serializers.DecimalField(max_digits=20, decimal_places=4, **options)
        case FieldType.SHARE:
            return serializers.FloatField(**options)
        case FieldType.DATE:
            return serializers.DateField(**options)
        case FieldType.MOMENT:
            return serializers.DateTimeField(**options)
        case FieldType.YES_NO:
            return serializers.BooleanField(**options)
        case FieldType.CHOICES:
            return serializers.ListField(child=serializers.CharField(), **options)
        case _:
            return serializers.CharField(**options)


def number_field(kind: Kind, field: Field, options: dict[str, Any]) -> serializers.Field:
    column = field_at(kind.model, field.orm)
    if isinstance(column, models.IntegerField):
        return serializers.IntegerField(**options)
    if isinstance(column, models.DecimalField):
        digits = {"max_digits": column.max_digits, "decimal_places": column.decimal_places}
        return serializers.DecimalField(**digits, **options)
    return serializers.FloatField(**options)
