"""Setting a field of many records to the same value; giving them to somebody is one of these."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django import forms
from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.bulk.actions import Before, ListAction
from crm.fields.catalogue import PREFIX, field_for, fields_for, may_edit
from crm.fields.declaration import Field
from crm.fields.forms import form_field, stored
from crm.fields.names import names_of
from crm.fields.shown import shower
from crm.fields.types import FieldType
from crm.fields.writing import column, instance
from crm.lists.reading import hidden_in
from crm.records.kinds import Kind
from crm.staff.models import User


class SetFieldForm(forms.Form):
    """Which field, and its value; the script shows the value's control of the chosen field only."""

    field = forms.ChoiceField(label=gettext_lazy("Field"))

    def __init__(self, user: User, kind: Kind, offered: list[Field], data: Any = None) -> None:
        super().__init__(data)
        self.user, self.kind, self.offered = user, kind, {field.key: field for field in offered}
        chooser: Any = self.fields["field"]
        chooser.choices = [(field.key, field.title) for field in offered]
        for field in offered:
            self.fields[f"value-{field.key}"] = form_field(kind, field, user)

    def full_clean(self) -> None:
        """Only the control of the chosen field is read."""
        chosen = self.data.get("field") if self.is_bound else None
        for name in [name for name in self.fields if name.startswith("value-")]:
            if self.is_bound and name != f"value-{chosen}":
                self.fields[name].disabled, self.fields[name].required = True, False
        super().full_clean()

    def values(self) -> list[Any]:
        return [(key, self[f"value-{key}"]) for key in self.offered]


class SetField(ListAction):
    """LIST_ACTIONS entry."""

    key = "edit"
    label = gettext_lazy("Edit a field")
    icon = "pencil"
    verb = "edit"

    def fits(self, user: User, kind: Kind) -> bool:
        return bool(self.offered(user, kind))

    def offered(self, user: User, kind: Kind) -> list[Field]:
        if kind.edit is None:
            return []
        known = fields_for(kind.key, user).values()
        return [field for field in known if field.bulk and may_edit(user, kind.key, field)]

    def form(self, user: User, kind: Kind, data: Any = None) -> SetFieldForm:
        return SetFieldForm(user, kind, self.offered(user, kind), data)

    def params(self, form: forms.Form) -> dict[str, Any]:
        key = form.cleaned_data["field"]
        return {"field": key, "value": stored(form.cleaned_data[f"value-{key}"])}

    def words(self, user: User, kind: Kind, params: Mapping[str, Any]) -> str:
        field = field_for(kind.key, user, params["field"])
        if field is None:
            return str(params["field"])
        return f"{field.title}: {value_text(field, user, params['value'])}"

    def apply(
        self, *, actor: User, kind: Kind, rows: Sequence[models.Model], params: Mapping[str, Any]
    ) -> dict[int, Before]:
        field = field_for(kind.key, actor, params["field"])
        if field is None or not may_edit(actor, kind.key, field):
            return {}
        return write_field(actor, kind, field, rows, params["value"])

    def undo(
        self, *, actor: User, kind: Kind, before: Mapping[int, Before], params: Mapping[str, Any]
    ) -> set[int]:
        """Rows that hold what the action wrote get back what they held; one write for all that held the same."""
        field = field_for(kind.key, actor, params["field"])
        if field is None:
            return set()
        undone: set[int] = set()
        for value, pks in alike(before):
            rows = kind.visible(actor, self.verb).filter(pk__in=pks, **unchanged(field, params["value"]))
            locked = list(rows.select_for_update(of=("self",)).order_by("pk"))
            undone |= write_field(actor, kind, field, locked, value).keys()
        return undone


class Assign(SetField):
    """LIST_ACTIONS entry: the owner of many records."""

    key = "assign"
    label = gettext_lazy("Assign")
    icon = "user-check"
    verb = "assign"

    def offered(self, user: User, kind: Kind) -> list[Field]:
        return [field for field in super().offered(user, kind) if field.key == "owner"]


def unchanged(field: Field, value: Any) -> dict[str, Any]:
    """The lookup of rows that hold the value."""
    if value is None and (field.nullable or field.is_custom):
        return {f"{field.orm}__isnull": True}
    return {field.orm: "" if value is None else value}


def write_field(actor: User, kind: Kind, field: Field, rows: Sequence[Any], value: Any) -> dict[int, Before]:
    """Through the kind's own service: at once where it can, else one by one. Returns {key: {"value": what it was}}.

    Rows that hold what the person may not see stay as they are.
    """
    hidden = hidden_in(actor, kind, field, [row.pk for row in rows])
    rows = [row for row in rows if row.pk not in hidden]
    if value is None and not field.nullable and not field.is_keyed and not field.is_custom:
        value = ""
    if kind.edit_many:
        before = kind.edit_many(actor=actor, rows=rows, values={column(field): value})
        return {
            pk: {"value": stored(held[column(field)])} for pk, held in before.items() if column(field) in held
        }
    return dict(written_singly(actor, kind, field, rows, value))


def written_singly(
    actor: User, kind: Kind, field: Field, rows: Sequence[Any], value: Any
) -> Iterator[tuple[int, Before]]:
    assert kind.edit is not None  # noqa: S101 - narrows the type: such a kind offers no field
    wanted = instance(kind, field, value)
    for row in rows:
        held = (
            row.custom.get(field.edit.removeprefix(PREFIX))
            if field.is_custom
            else getattr(row, column(field))
        )
        if stored(held) != value and stored(held) != stored(wanted):
            kind.edit(actor=actor, obj=row, values={field.edit: wanted}, version=row.version)
            yield row.pk, {"value": stored(held)}


def alike(before: Mapping[int, Before]) -> Iterator[tuple[Any, list[int]]]:
    """(value, keys) of the rows that held the same."""
    groups: dict[str, tuple[Any, list[int]]] = {}
    for pk, held in before.items():
        groups.setdefault(repr(held["value"]), (held["value"], []))[1].append(pk)
    yield from groups.values()


def value_text(field: Field, user: User, value: Any) -> str:
    if value in (None, "", []):
        return _("empty")
    if field.is_keyed:
        return names_of(field, user, {value}).get(value, _("unknown"))
    if field.type in (FieldType.TEXT, FieldType.LONG_TEXT):
        return f'"{value}"'
    return shower(field)(value)
