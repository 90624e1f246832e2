"""The properties of a record page, as its template shows them."""

from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise


@dataclass(frozen=True)
class Property:
    """`value` is what is read on the page; `url` makes it a link; `long` gives it a line of its own."""

    name: str
    label: str | Promise
    value: Any
    url: str = ""
    editable: bool = True
    long: bool = False


@dataclass(frozen=True)
class PropertyGroup:
    title: str | Promise
    properties: list[Property]
