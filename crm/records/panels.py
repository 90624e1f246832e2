"""Panels of a record page: declared in settings lists, shown to those who hold their permission."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Protocol

from django.conf import settings
from django.utils.functional import Promise
from django.utils.module_loading import import_string

from crm.access.services import allowed
from crm.staff.models import User


class Panel(Protocol):
    """`query_budget` is how many SQL queries its context may cost; a test counts them.

    A panel without a context is left out. One about something else than the customer names it: `about = ("deal",)`.
    """

    key: str
    title: str | Promise
    permission: str
    template: str
    query_budget: int

    def context(self, *, user: User, **about: Any) -> dict[str, Any] | None: ...


class Card(Protocol):
    """A card of the home page."""

    key: str
    title: str | Promise
    permission: str
    template: str
    query_budget: int

    def context(self, *, user: User) -> dict[str, Any]: ...


@dataclass(frozen=True)
class Filled:
    """A panel or card with its context, as a template includes it."""

    key: str
    title: str | Promise
    template: str
    context: dict[str, Any]


@cache
def declared(setting: str) -> tuple[Any, ...]:
    return tuple(import_string(path)() for path in getattr(settings, setting))


def filled_panels(setting: str, user: User, keys: Sequence[str], **about: Any) -> list[Filled]:
    """The panels of these keys, in their order, as far as the reader may see them and what they tell of (`about`)."""
    panels: dict[str, Panel] = {panel.key: panel for panel in declared(setting)}
    shown = [panel for panel in (panels[key] for key in keys) if allowed(user, panel.permission)]
    contexts = [
        (panel, panel.context(user=user, **told))
        for panel in shown
        if (told := about_of(panel, about)) is not None
    ]
    return [
        Filled(panel.key, panel.title, panel.template, context)
        for panel, context in contexts
        if context is not None
    ]


def about_of(panel: Panel, about: Mapping[str, Any]) -> dict[str, Any] | None:
    """What the panel asks for; None where the reader may not see some of it."""
    names = getattr(panel, "about", ("customer",))
    found = {name: about.get(name) for name in names}
    return None if None in found.values() else found


def filled_cards(user: User) -> list[Filled]:
    cards: tuple[Card, ...] = declared("HOME_CARDS")
    return [
        Filled(card.key, card.title, card.template, card.context(user=user))
        for card in cards
        if allowed(user, card.permission)
    ]
