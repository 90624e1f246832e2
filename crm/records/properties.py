"""The properties of a record page, as its template shows them."""

from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise


@dataclass(frozen=True)
class Property:
    """`value` is what is read on the page; `url` makes it a link, `edit_url` (inline edit) a field to change."""

    name: str
    label: str | Promise
    value: Any
    url: str = ""
    edit_url: str = ""
    long: bool = False


@dataclass(frozen=True)
class PropertyGroup:
    """`key` is the id of its list on the page."""

    key: str
    title: str | Promise
    properties: list[Property]
