from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.api.scopes import READ, WRITE, scope_objects
from crm.texts import visible

LIFETIMES = [
    ("30", gettext_lazy("30 days")),
    ("90", gettext_lazy("90 days")),
    ("365", gettext_lazy("a year")),
    ("", gettext_lazy("until it is revoked")),
]
LEVELS = [
    ("", gettext_lazy("nothing")),
    (READ, gettext_lazy("read")),
    (WRITE, gettext_lazy("read and write")),
]


class TokenForm(forms.Form):
    """A new token: all that its person may do, or what is chosen object by object."""

    name = forms.CharField(
        label=gettext_lazy("name"),
        max_length=80,
        validators=[visible],
        help_text=gettext_lazy("Which program will use it."),
    )
    lifetime = forms.ChoiceField(
        label=gettext_lazy("valid for"), choices=LIFETIMES, initial="90", required=False
    )
    is_everything = forms.BooleanField(
        label=gettext_lazy("It may do everything that I may do"), required=False
    )

    def __init__(self, data: Any = None) -> None:
        super().__init__(data)
        for name, label in scope_objects().items():
            self.fields[scope_field(name)] = forms.ChoiceField(label=label, choices=LEVELS, required=False)

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if not self.errors and not data["is_everything"] and not self.scopes():
            raise ValidationError(_("Choose what the token may do."))
        return data

    def scope_fields(self) -> list[forms.BoundField]:
        return [self[scope_field(name)] for name in scope_objects()]

    def scopes(self) -> dict[str, str]:
        chosen = {name: self.cleaned_data.get(scope_field(name), "") for name in scope_objects()}
        return {name: level for name, level in chosen.items() if level}

    def expires_at(self) -> datetime | None:
        days = self.cleaned_data["lifetime"]
        return timezone.now() + timedelta(days=int(days)) if days else None


def scope_field(name: str) -> str:
    return f"scope-{name}"
