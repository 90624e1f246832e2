"""The form of a new record, from the declaration of its kind."""

from typing import Any

from django import forms

from crm.fields.catalogue import fields_for, may_edit
from crm.fields.custom_part import CustomPart
from crm.fields.forms import form_field
from crm.records.kinds import Kind
from crm.staff.models import User


class KindForm(forms.Form):
    """Every field of the kind that its user may write; the title first."""

    def __init__(self, data: Any = None, *, kind: Kind, user: User, **options: Any) -> None:
        super().__init__(data, **options)
        known = fields_for(kind.key, user).values()
        self.names = {
            field.edit: field for field in known if may_edit(user, kind.key, field) and not field.is_custom
        }
        for name, field in self.names.items():
            self.fields[name] = form_field(kind, field, user, required=field.key == kind.title)
        for name in {"owner", "team"} & self.fields.keys():
            self.fields[name].required = False
        self.custom = CustomPart(self, kind.key, user, {})

    def values(self) -> dict[str, Any]:
        """What the kind's service writes: owner and team only if they were chosen."""
        values = {name: self.cleaned_data[name] for name in self.names if name in self.cleaned_data}
        chosen = {
            key: value for key, value in values.items() if value is not None or key not in ("owner", "team")
        }
        return {**chosen, **self.custom.values()}
