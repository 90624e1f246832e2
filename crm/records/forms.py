from typing import Any, cast

from django import forms
from django.db import models
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _


class RecordChoiceField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A record by id, found by searching: no list of records is ever part of a page.

    `record_type` is its kind in the search index; the form sets `queryset` to what its user may choose.
    """

    widget = forms.TextInput

    def __init__(self, model: type[models.Model], *, required: bool = False, **options: Any) -> None:
        super().__init__(queryset=model._default_manager.none(), required=required, **options)
        self.record_type = model._meta.label_lower
        self.error_messages["invalid_choice"] = _("There is no such record.")


def name_version(form: forms.BaseForm, version: int) -> None:
    """After a stale edit: the form keeps what was typed and names the version it would now replace."""
    data = cast(QueryDict, form.data).copy()
    data["version"] = str(version)
    form.data = data
