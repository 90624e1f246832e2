"""The forms of a custom field itself."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from crm.fields.catalogue import has_custom
from crm.fields.models import CustomField
from crm.fields.services import CHOICE_TYPES, choices_from
from crm.fields.types import FieldType
from crm.records.kinds import kinds
from crm.texts import visible

LATER = (FieldType.PERSON, FieldType.TEAM, FieldType.SHARE, FieldType.MOMENT, FieldType.RECORD)


class CustomFieldForm(forms.Form):
    """`choices` are typed one per line."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    label = forms.CharField(label=_("Name"), max_length=80, validators=[visible])
    type = forms.ChoiceField(
        label=_("Type"), choices=[choice for choice in FieldType.choices if choice[0] not in LATER]
    )
    choices = forms.CharField(
        label=_("Choices"),
        required=False,
        max_length=8_000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("For a choice: one per line, in this order."),
    )
    hint = forms.CharField(label=_("Hint"), required=False, max_length=200)
    is_required = forms.BooleanField(label=_("Must be filled in"), required=False)

    def __init__(self, data: Any = None, *, field: CustomField | None = None, **options: Any) -> None:
        super().__init__(data, **options)
        self.field = field
        if field is not None:
            del self.fields["type"]
            if field.type not in CHOICE_TYPES:
                del self.fields["choices"]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        type_ = self.field.type if self.field else values.get("type")
        if type_ in CHOICE_TYPES:
            values["choices"] = choices_from(
                values.get("choices", ""), self.field.choices if self.field else []
            )
            if not values["choices"]:
                self.add_error("choices", _("Name at least one choice."))
        else:
            values.pop("choices", None)
        return values

    def values(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if name != "version"}


def initial(field: CustomField) -> dict[str, Any]:
    return {
        "version": field.version,
        "label": field.label,
        "choices": "\n".join(label for _key, label in field.choices),
        "hint": field.hint,
        "is_required": field.is_required,
    }


def kinds_with_custom() -> list[tuple[str, str]]:
    """(slug, plural) of the kinds of record that may have fields of their own."""
    return [(kind.slug, str(kind.plural)) for kind in kinds().values() if has_custom(kind.key)]
