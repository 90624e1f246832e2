"""Which fields of a kind of record exist for a reader: built in, added by upper apps, and custom ones."""

from crm.access.grants import grants
from crm.access.services import allowed, field_level
from crm.fields.declaration import Field, Related
from crm.fields.models import CustomField
from crm.fields.types import FieldType
from crm.records.kinds import declared_fields, declared_related, kinds
from crm.staff.models import User

PREFIX = "custom."
Fields = dict[str, Field]


def fields_for(kind: str, user: User) -> Fields:
    """By key, in the order of declaration; kept with the reader's grants for the request."""
    kept: dict[str, Fields] = grants(user).__dict__.setdefault("kept_fields", {})
    if kind not in kept:
        kept[kind] = {key: field for key, field in all_fields(kind).items() if may_know(user, field)}
    return kept[kind]


def all_fields(kind: str) -> Fields:
    """Whoever may know them: for the pages on which administrators arrange them."""
    return {**declared_fields(kind), **custom_fields(kind)}


def field_for(kind: str, user: User, key: str) -> Field | None:
    """One field; custom ones are read only when it is one of them."""
    if key.startswith(PREFIX):
        return fields_for(kind, user).get(key)
    found = declared_fields(kind).get(key)
    return found if found and may_know(user, found) else None


def related_for(kind: str, user: User) -> dict[str, Related]:
    """The kinds of record that hang on this one, of which the reader may see any."""
    return {
        key: related
        for key, related in declared_related(kind).items()
        if allowed(user, kinds()[related.kind].permission("view"))
    }


def may_know(user: User, field: Field) -> bool:
    if field.permission and not allowed(user, field.permission):
        return False
    return not field.group or field_level(user, field.group) != "hidden"


def may_edit(user: User, kind: str, field: Field) -> bool:
    """Whether the reader may ever write the field; for one record the service has the last word."""
    if not field.edit or not may_know(user, field):
        return False
    if field.group and field_level(user, field.group) != "edit":
        return False
    return allowed(user, field.edit_permission or kinds()[kind].permission("edit"))


def must_fill(user: User, kind: str, field: Field) -> bool:
    """Whether the reader leaves the field empty in no record that they create, and empties it in none.

    What lacks it since before it was required stays as it is until somebody writes the field.
    """
    return field.required and may_edit(user, kind, field)


def has_custom(kind: str) -> bool:
    return any(field.name == "custom" for field in kinds()[kind].model._meta.concrete_fields)


def custom_fields(kind: str) -> Fields:
    if not has_custom(kind):
        return {}
    rows = CustomField.objects.filter(kind=kind, deleted_at=None)
    return {field.key: field for field in map(custom_field, rows)}


def custom_field(row: CustomField) -> Field:
    """The declaration that a custom field amounts to."""
    return Field(
        f"{PREFIX}{row.key}",
        row.label,
        FieldType(row.type),
        path=f"custom__{row.key}",
        choices=tuple((value, label) for value, label in row.choices),
        edit=f"{PREFIX}{row.key}",
        sortable=row.type not in (FieldType.CHOICES, FieldType.LONG_TEXT),
        through=f"custom__{row.key}" if row.type == FieldType.RECORD else "",
        through_kind=row.target_kind,
        hint=row.hint,
        totals=row.type in (FieldType.NUMBER, FieldType.MONEY),
        is_custom=True,
        required=row.is_required,
    )
