"""Declaring a board that is more than a column for each choice of a field."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise


@dataclass(frozen=True)
class BoardEnd:
    """A place beside the columns where a card can be dropped; `url` names the dialog that asks what is still needed."""

    key: str
    label: str | Promise
    icon: str
    tone: str
    url: str


@dataclass(frozen=True)
class BoardPlan:
    """`columns` tells the (value, label) of the columns for a state of the list. `card` writes what a card holds below
    its title, from the values of `fields`. `move` names the address that takes a dropped card (`value`, `version`).
    `is_live` boards follow what others do.
    """

    columns: Callable[[Any], Sequence[tuple[Any, str]]] | None = None
    ends: tuple[BoardEnd, ...] = ()
    card: Callable[[Mapping[str, Any]], str] | None = None
    fields: tuple[str, ...] = ()
    move: str = ""
    is_live: bool = False


PLAIN = BoardPlan()
