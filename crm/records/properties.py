"""The properties of a record page, as its template shows them."""

from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _


@dataclass(frozen=True)
class Property:
    """`value` is what is read on the page; `url` makes it a link, `edit_url` (inline edit) a field to change."""

    name: str
    label: str | Promise
    value: Any
    url: str = ""
    edit_url: str = ""
    long: bool = False

    @property
    def edit_name(self) -> str:
        """What a screen reader calls the way to change it."""
        if not self.value:
            return _("Add %s") % self.label
        return _("Edit %(label)s: %(value)s") % {"label": self.label, "value": self.value}

    @property
    def open_name(self) -> str:
        return _("Open %s") % str(self.value)


@dataclass(frozen=True)
class PropertyRun:
    """Properties one below the other; those of a block (`block`) come with a template of their own."""

    properties: list[Property]
    block: str = ""


@dataclass(frozen=True)
class PropertyGroup:
    """Properties below a title, in runs; folded, the reader opens it."""

    title: str | Promise
    runs: list[PropertyRun]
    is_folded: bool = False

    @property
    def properties(self) -> list[Property]:
        return [item for run in self.runs for item in run.properties]
