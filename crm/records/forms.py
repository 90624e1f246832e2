from collections.abc import Mapping
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _


class Typed(str):
    """What stands in a picker when no hit was chosen."""

    __slots__ = ()


class PickerInput(forms.TextInput):
    """The chosen record's id; without one the words that were typed, which the page shows again."""

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> Any:
        return data.get(name) or Typed(data.get(f"{name}-typed", "").strip()) or None


class RecordChoiceField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A record by id, found by searching: no list of records is ever part of a page.

    `record_type` is its kind in the search index; the form sets `queryset` to what its user may choose.
    """

    widget = PickerInput

    def __init__(self, model: type[models.Model], *, required: bool = False, **options: Any) -> None:
        super().__init__(queryset=model._default_manager.none(), required=required, **options)
        self.record_type = model._meta.label_lower
        self.error_messages["invalid_choice"] = _("There is no such record.")
        self.error_messages["unresolved"] = _("Choose one from the list.")

    def to_python(self, value: Any) -> Any:
        if isinstance(value, Typed):
            raise ValidationError(self.error_messages["unresolved"], code="unresolved")
        return super().to_python(value)


class SeenForm(forms.BaseForm):
    """A form of a record that remembers what its writer saw: a stale save is then about what they changed.

    Its template writes `seen` as hidden inputs. Sent without them, everything counts as changed.
    """

    def seen(self) -> list[tuple[str, str]]:
        """(name of the input, text) of every field as the writer saw it."""
        return [(f"seen-{name}", self.data.get(f"seen-{name}", self.text_of(name))) for name in self.shown()]

    def shown(self) -> list[str]:
        return [field.name for field in self.visible_fields()]

    def text_of(self, name: str) -> str:
        value = self[name].value()
        return "" if value is None else str(value)

    def touched(self) -> set[str]:
        """The fields whose text is no longer what the writer saw."""
        return {
            name for name in self.shown() if self.text_of(name) != self.data.get(f"seen-{name}", object())
        }

    def rebase(self, fresh: "SeenForm") -> set[str]:
        """Take over what others saved in the fields the writer left alone; returns the names that both changed."""
        touched, data = self.touched(), cast(QueryDict, self.data).copy()
        moved = {name for name in fresh.shown() if data.get(f"seen-{name}") != fresh.text_of(name)}
        for name in set(self.shown()) & set(fresh.shown()):
            data[f"seen-{name}"] = fresh.text_of(name)
            if name not in touched:
                data[name] = fresh.text_of(name)
        data["version"] = fresh.text_of("version")
        self.data = data
        return touched & moved


def name_version(form: forms.BaseForm, version: int) -> None:
    """After a stale edit: the form keeps what was typed and names the version it would now replace."""
    data = cast(QueryDict, form.data).copy()
    data["version"] = str(version)
    form.data = data
