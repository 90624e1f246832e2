"""The matrix of a role as a form: a choice for each cell, so that two who edit different cells do not collide."""

from collections import defaultdict
from typing import Any

from django import forms
from django.conf import settings
from django.forms import BoundField
from django.utils.functional import Promise
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from crm.access.grants import ADMINISTRATOR
from crm.access.history import ACTION_WORDS
from crm.access.models import Role
from crm.access.permissions import catalogue, field_groups
from crm.access.roles import scopes_of, spelled_out
from crm.access.scopes import ACTIONS, LEVELS
from crm.records.forms import SeenForm
from crm.texts import visible

SCOPE_WORDS: dict[str, str | Promise] = {
    "none": _("–"),
    "own": _("Own"),
    "team": _("Team"),
    "subteams": _("Subteams"),
    "all": _("All"),
}
LEVEL_WORDS: dict[str, str | Promise] = {"hidden": _("Hidden"), "read": _("Read"), "edit": _("Edit")}
LEVEL = "fields."


def is_kernel(name: str) -> bool:
    """Whether an object of access is declared by the kernel, not by an app that records live in."""
    kernel = (path for path in settings.ACCESS_OBJECTS if path.startswith("crm."))
    return any(item.name == name for path in kernel for item in import_string(path))


class NameForm(forms.Form):
    """A new role: what it is called and which one it begins as."""

    name = forms.CharField(label=_("name"), max_length=100, validators=[visible])
    source = forms.ModelChoiceField(
        queryset=Role.objects.all(),
        required=False,
        label=_("Begin as a copy of"),
        empty_label=_("Nothing allowed"),
    )


class ReplacementForm(forms.Form):
    """The role that the holders of another get instead."""

    replacement = forms.ModelChoiceField(
        queryset=Role.objects.none(), required=False, label=_("They get instead"), empty_label="–"
    )

    def __init__(self, data: Any = None, *, role: Role) -> None:
        super().__init__(data)
        self.fields["replacement"].queryset = Role.objects.exclude(pk=role.pk)  # type: ignore[attr-defined]


class RoleForm(SeenForm, forms.Form):
    version = forms.IntegerField(widget=forms.HiddenInput)
    name = forms.CharField(label=_("name"), max_length=100, validators=[visible])

    def __init__(self, data: Any = None, *, role: Role) -> None:
        matrix, levels = spelled_out(role)
        super().__init__(data, initial={"version": role.version, "name": role.name})
        for item in catalogue().values():
            for action in item.actions:
                words = [(scope, SCOPE_WORDS[scope]) for scope in scopes_of(item)]
                scope = matrix.get(item.name, {}).get(action, "none")
                label = f"{item.label}: {ACTION_WORDS.get(action, action)}"
                self.add(f"{item.name}.{action}", label, words, scope)
        for group in field_groups().values():
            level = levels.get(group.name, "hidden")
            self.add(
                f"{LEVEL}{group.name}", str(group.label), [(key, LEVEL_WORDS[key]) for key in LEVELS], level
            )
        if role.key == ADMINISTRATOR:
            for field in self.fields.values():
                field.disabled = True

    def add(self, name: str, label: str, choices: list[tuple[str, Any]], initial: str) -> None:
        widget = forms.Select(attrs={"aria-label": label})
        field = forms.ChoiceField(choices=choices, label=label, widget=widget, initial=initial)
        self.fields[name] = field

    def matrix(self) -> dict[str, dict[str, str]]:
        found: dict[str, dict[str, str]] = defaultdict(dict)
        for item in catalogue().values():
            for action in item.actions:
                found[item.name][action] = self.cleaned_data[f"{item.name}.{action}"]
        return dict(found)

    def levels(self) -> dict[str, str]:
        return {name: self.cleaned_data[f"{LEVEL}{name}"] for name in field_groups()}

    def groups(self) -> list[dict[str, Any]]:
        """The matrix in two parts: what everybody works with, then what few administer."""
        work = {name for name in catalogue() if not is_kernel(name)}
        return [
            {"label": _("Everyday work"), "rows": [row for row in self.rows() if row["name"] in work]},
            {"label": _("Administration"), "rows": [row for row in self.rows() if row["name"] not in work]},
        ]

    def rows(self) -> list[dict[str, Any]]:
        """A row for each object with a cell (or None) for each action of the head."""
        return [
            {
                "name": item.name,
                "label": item.label,
                "cells": [(ACTION_WORDS[action], self.cell(item.name, action)) for action in ACTIONS],
            }
            for item in catalogue().values()
        ]

    def cell(self, name: str, action: str) -> BoundField | None:
        key = f"{name}.{action}"
        return self[key] if key in self.fields else None

    def level_rows(self) -> list[dict[str, Any]]:
        return [
            {"label": group.label, "hint": group.hint, "field": self[f"{LEVEL}{group.name}"]}
            for group in field_groups().values()
        ]
