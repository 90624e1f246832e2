"""The form field with which a field of a record is written, by its type; and its value as JSON keeps it."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.db import models
from django.utils.translation import gettext_lazy as _

from crm.fields.catalogue import must_fill
from crm.fields.declaration import Field
from crm.fields.types import FieldType
from crm.records.forms import RecordChoiceField
from crm.records.kinds import Kind, kinds
from crm.staff.models import Team, User
from crm.staff.selectors import colleagues

LONGEST_TEXT = 10_000
DIGITS = {"max_digits": 16, "decimal_places": 4}


def form_field(kind: Kind, field: Field, user: User, *, required: bool = False) -> forms.Field:
    """What its user may write into the field; a column of the table is bound by its own limits too."""
    made = _by_type(kind, field, user, required or must_fill(user, kind.key, field))
    made.label, made.help_text = field.title, str(field.hint)
    return made


def _by_type(kind: Kind, field: Field, user: User, required: bool) -> forms.Field:
    if field.type is FieldType.PERSON:
        return forms.ModelChoiceField(colleagues(), required=required, empty_label=_("Nobody"))
    if field.type is FieldType.TEAM:
        teams = Team.objects.order_by("name")
        return forms.ModelChoiceField(teams, required=required or not field.nullable, empty_label="–")
    if field.type is FieldType.RECORD:
        return record_field(field, user, required)
    if not field.is_custom:
        return column_field(kind, field, required)
    return custom_form_field(field, required)


def record_field(field: Field, user: User, required: bool) -> forms.Field:
    target = kinds()[field.through_kind]
    made = RecordChoiceField(target.model, required=required)
    made.queryset = target.visible(user)
    return made


def column_field(kind: Kind, field: Field, required: bool) -> forms.Field:
    """As the model declares it."""
    column: Any = kind.model._meta.get_field(field.edit)
    made: forms.Field = column.formfield()
    made.required = required or (made.required and not getattr(column, "blank", False))
    if isinstance(made, forms.DateTimeField):
        made.widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    elif isinstance(made, forms.DateField):
        made.widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return made


def custom_form_field(field: Field, required: bool) -> forms.Field:
    empty = [("", "–")]
    made: forms.Field
    match field.type:
        case FieldType.NUMBER | FieldType.MONEY | FieldType.SHARE:
            made = forms.DecimalField(required=required, max_digits=16, decimal_places=4)
        case FieldType.DATE:
            widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
            made = forms.DateField(required=required, widget=widget)
        case FieldType.MOMENT:
            made = forms.DateTimeField(required=required)
        case FieldType.CHOICE:
            made = forms.ChoiceField(choices=[*empty, *field.options()], required=required)
        case FieldType.CHOICES:
            made = forms.MultipleChoiceField(
                choices=field.options(), required=required, widget=forms.CheckboxSelectMultiple
            )
        case FieldType.YES_NO:
            yes_no = [("true", _("Yes")), ("false", _("No"))]
            made = forms.TypedChoiceField(
                choices=[*empty, *yes_no], required=required, coerce=is_yes, empty_value=None
            )
        case FieldType.LINK:
            made = forms.URLField(required=required, max_length=500, assume_scheme="https")
        case FieldType.LONG_TEXT:
            made = forms.CharField(
                required=required, max_length=LONGEST_TEXT, widget=forms.Textarea(attrs={"rows": 3})
            )
        case _:
            made = forms.CharField(required=required, max_length=500)
    return made


def is_yes(text: str) -> bool:
    return text == "true"


def stored(value: Any) -> Any:
    """A cleaned value as JSON keeps it; `custom` columns hold just this."""
    if isinstance(value, models.Model):
        return value.pk
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return int(value) if value == int(value) else float(value)
    return None if value in ("", []) else value


def shown_text(value: Any) -> Any:
    """A stored value as its form field shows it."""
    return "true" if value is True else "false" if value is False else value


class FieldForm(forms.Form):
    """One field of a kind of record, under the name `value`."""

    def __init__(self, data: Any = None, *, kind: Kind, field: Field, user: User, **options: Any) -> None:
        super().__init__(data, **options)
        self.fields["value"] = form_field(kind, field, user)
