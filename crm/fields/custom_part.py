"""The custom fields of a kind of record as a part of its form."""

from collections.abc import Mapping
from typing import Any

from django import forms

from crm.fields.catalogue import custom_fields, may_edit
from crm.fields.forms import form_field, shown_text, stored
from crm.records.kinds import kinds
from crm.staff.models import User


class CustomPart:
    """Adds the fields to the form under their keys (`custom.size`) and tells their values as `custom` keeps them."""

    def __init__(self, form: forms.BaseForm, kind: str, user: User, held: Mapping[str, Any]) -> None:
        self.form = form
        known = {key: field for key, field in custom_fields(kind).items() if may_edit(user, kind, field)}
        self.names = list(known)
        for name, field in known.items():
            key = name.removeprefix("custom.")
            made = form_field(kinds()[kind], field, user)
            made.initial = shown_text(held.get(key))
            form.fields[name] = made

    def values(self) -> dict[str, Any]:
        """By key, of the fields that the form asks for."""
        cleaned: dict[str, Any] = getattr(self.form, "cleaned_data", {})
        return {name: stored(cleaned[name]) for name in self.names if name in cleaned}
