"""Values of fields on their way into a record: as services take them, as columns hold them."""

from typing import Any

from crm.fields.declaration import Field
from crm.records.kinds import Kind


def column(field: Field) -> str:
    """What a write calls the field: its column, or the custom field."""
    if field.is_custom or not field.is_keyed:
        return field.edit
    return f"{field.edit}_id"


def instance(kind: Kind, field: Field, value: Any) -> Any:
    """The stored value as the kind's edit service takes it: rows instead of their keys, days instead of their text."""
    if field.is_custom:
        return value
    target: Any = kind.model._meta.get_field(field.edit)
    if field.is_keyed:
        return target.related_model._base_manager.filter(pk=value).first() if value is not None else None
    if value is None and not field.nullable:
        return ""
    return target.to_python(value)
