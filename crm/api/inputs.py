"""Reading what is written: a serializer from the fields of a kind, for one verb and one person."""

from collections.abc import Callable
from typing import Any

from django.db import models
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.validators import UniqueValidator

from crm.api.resources import Action, Resource
from crm.fields.catalogue import PREFIX, fields_for, may_edit, may_know, must_fill
from crm.fields.declaration import Field
from crm.fields.forms import LONGEST_TEXT, stored
from crm.fields.types import FieldType
from crm.notifications.services.mentioning import with_mentions
from crm.records.kinds import kinds
from crm.staff.models import Team, User
from crm.staff.selectors import colleagues

LONGEST_NOTE = 20_000
AnyField = Any


class TextField(serializers.CharField):
    """Text only: a number is not taken for one."""

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        return str(super().to_internal_value(data))


class NoteField(TextField):
    """Text in which `@Name` names a colleague."""

    def to_internal_value(self, data: Any) -> str:
        return with_mentions(super().to_internal_value(data))


@extend_schema_field(
    {
        "oneOf": [
            {"type": "integer", "minimum": 1},
            {"type": "object", "properties": {"id": {"type": "integer", "minimum": 1}}, "required": ["id"]},
        ]
    }
)
class RowField(serializers.Field):
    """Another row, by id or as it is shown (`{"id": 5, ...}`), among those the writer may choose."""

    default_error_messages = {"missing": gettext_lazy("There is no such record.")}

    def __init__(self, rows: QuerySet[Any] | None, **options: Any) -> None:
        super().__init__(**options)
        self.rows = rows

    def to_internal_value(self, data: Any) -> Any:
        pk = data.get("id") if isinstance(data, dict) else data
        is_id = isinstance(pk, int) and not isinstance(pk, bool) and 0 < pk < 2**63
        found = self.rows.filter(pk=pk).first() if is_id and self.rows is not None else None
        if found is None:
            self.fail("missing")
        return found


class StrictSerializer(serializers.Serializer):
    # refuses what it does not know, so that nothing is written by accident and nothing is ignored in silence

    def to_internal_value(self, data: Any) -> Any:
        unknown = sorted(set(data) - set(self.fields)) if isinstance(data, dict) else []
        if unknown:
            text = _("There is no such field, or it cannot be written.")
            raise serializers.ValidationError({str(name)[:80]: [text] for name in unknown})
        return super().to_internal_value(data)


#: classes of the public schema; those for a reader are kept with the reader
PUBLIC: dict[str, Any] = {}


def kept(user: User | None, name: str, make: Callable[[], Any]) -> Any:
    """The class of this name, made once: the schema knows a class by its identity."""
    known: dict[str, Any] = PUBLIC if user is None else user.__dict__.setdefault("kept_api_classes", {})
    if name not in known:
        known[name] = make()
    return known[name]


def input_class(resource: Resource, verb: str, user: User | None) -> Any:
    """The serializer of a verb (create, edit); without a user the one of the public schema."""
    name = f"{resource.one}{'Create' if verb == 'create' else 'Edit'}"
    return kept(user, name, lambda: type(name, (StrictSerializer,), input_fields(resource, verb, user)))


def action_class(resource: Resource, action: Action, user: User | None) -> Any:
    """The serializer of what a verb may be told."""
    name = f"{resource.one}{action.name.title()}"
    fields = {item.key: item.make(user) for item in action.inputs}
    return kept(user, name, lambda: type(name, (StrictSerializer,), fields))


def read_action(resource: Resource, action: Action, user: User, data: Any) -> dict[str, Any]:
    """What the verb was told, by keyword. Raises serializers.ValidationError."""
    if not action.inputs:
        return {}
    serializer = action_class(resource, action, user)(data=data)
    serializer.is_valid(raise_exception=True)
    return dict(serializer.validated_data)


def input_fields(resource: Resource, verb: str, user: User | None) -> dict[str, AnyField]:
    made: dict[str, AnyField] = {}
    for key, field in resource.written(verb).items():
        if user is None or may_write(resource, field, verb, user):
            made[key] = input_field(resource, field, user, required=is_required(resource, key, verb))
    for item in resource.inputs:
        if verb in item.on:
            made[item.key] = item.make(user)
    if has_custom(resource):
        made["custom"] = custom_input(resource, verb, user)
    return made


def may_write(resource: Resource, field: Field, verb: str, user: User) -> bool:
    if verb == "create" or not field.edit:
        return may_know(user, field)
    return may_edit(user, resource.kind, field)


def is_required(resource: Resource, key: str, verb: str) -> bool:
    return verb == "create" and key in resource.requires


def has_custom(resource: Resource) -> bool:
    model = resource.record_kind.model
    return any(column.name == "custom" for column in model._meta.concrete_fields)


def input_field(resource: Resource, field: Field, user: User | None, *, required: bool) -> AnyField:
    options: dict[str, Any] = {"required": required, "help_text": str(field.hint) or field.title}
    if field.is_keyed:
        return RowField(rows_of(field, user), allow_null=field.nullable and not required, **options)
    return column_input(resource, field, options)


def rows_of(field: Field, user: User | None) -> QuerySet[Any] | None:
    """Which rows may be chosen."""
    if user is None:
        return None
    if field.type is FieldType.PERSON:
        return colleagues()
    if field.type is FieldType.TEAM:
        return Team.objects.all()
    return kinds()[field.through_kind].visible(user)


def column_input(resource: Resource, field: Field, options: dict[str, Any]) -> AnyField:
    """As the model declares its column: lengths, choices, validators. That a value is unique the service checks."""
    column: Any = resource.record_kind.model._meta.get_field(field.edit or field.orm)
    made, given = serializers.ModelSerializer().build_standard_field(column.name, column)
    given = {key: value for key, value in given.items() if key not in ("read_only", "label", "style")}
    validators = [item for item in given.pop("validators", ()) if not isinstance(item, UniqueValidator)]
    given |= ({"validators": validators} if validators else {}) | options
    if options["required"]:
        given["allow_blank" if isinstance(column, (models.CharField, models.TextField)) else "allow_null"] = (
            False
        )
    if made is not serializers.CharField:
        return made(**given)
    given.setdefault("max_length", LONGEST_NOTE)
    return NoteField(**given) if field.type is FieldType.LONG_TEXT else TextField(**given)


# --- custom fields -----------------------------------------------------------------------------------------------


def custom_input(resource: Resource, verb: str, user: User | None) -> AnyField:
    """Values of custom fields by key; those that are not named stay. A new record has those that must be filled in."""
    if user is None:
        return serializers.DictField(required=False, help_text=_("Values of custom fields by key."))
    known = fields_for(resource.kind, user).values()
    fields = {
        field.key.removeprefix(PREFIX): custom_input_field(resource.kind, field, verb, user)
        for field in known
        if field.is_custom
    }
    name = f"{resource.one}Custom{'Create' if verb == 'create' else ''}"
    made = kept(user, name, lambda: type(name, (StrictSerializer,), fields))
    return made(required=False)


def custom_input_field(kind: str, field: Field, verb: str, user: User) -> AnyField:
    filled = must_fill(user, kind, field)
    options: dict[str, Any] = {"required": filled and verb == "create", "allow_null": not filled}
    if field.is_keyed:
        return RowField(rows_of(field, user), **options)
    match field.type:
        case FieldType.NUMBER | FieldType.MONEY | FieldType.SHARE:
            return serializers.DecimalField(max_digits=16, decimal_places=4, **options)
        case FieldType.DATE:
            return serializers.DateField(**options)
        case FieldType.MOMENT:
            return serializers.DateTimeField(**options)
        case FieldType.CHOICE:
            return serializers.ChoiceField(choices=field.options(), allow_blank=not filled, **options)
        case FieldType.CHOICES:
            child = serializers.ChoiceField(choices=field.options())
            return ChoicesField(child=child, allow_empty=not filled, **options)
        case FieldType.YES_NO:
            return serializers.BooleanField(**options)
        case FieldType.LINK:
            return serializers.URLField(max_length=500, allow_blank=not filled, **options)
        case _:
            longest = LONGEST_TEXT if field.type is FieldType.LONG_TEXT else 500
            return TextField(max_length=longest, allow_blank=not filled, **options)


class ChoicesField(serializers.ListField):
    """Several choices, each once."""

    def to_internal_value(self, data: Any) -> list[Any]:
        return list(dict.fromkeys(super().to_internal_value(data)))


# --- reading -------------------------------------------------------------------------------------------------------


def read_input(resource: Resource, verb: str, user: User, data: Any) -> dict[str, Any]:
    """The values as services take them, custom ones as `custom.key`. Raises serializers.ValidationError."""
    if verb == "create" and isinstance(data, dict) and has_custom(resource):
        data = {"custom": {}, **data}  # so that what lacks is told at its own place
    serializer = input_class(resource, verb, user)(data=data, partial=verb != "create")
    serializer.is_valid(raise_exception=True)
    values: dict[str, Any] = dict(serializer.validated_data)
    custom = values.pop("custom", None) or {}
    return values | {f"{PREFIX}{key}": stored(value) for key, value in custom.items()}
