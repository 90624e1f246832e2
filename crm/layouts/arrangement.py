"""The arrangement of a record's page: pure values, read from JSON and held against what there is to arrange."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

MOST_GROUPS = 30
LONGEST_TITLE = 60


@dataclass(frozen=True)
class Group:
    title: str
    fields: tuple[str, ...]
    is_folded: bool = False


@dataclass(frozen=True)
class Order:
    """Tabs or panels: those that are shown, in their order, and those that are not."""

    shown: tuple[str, ...] = ()
    hidden: tuple[str, ...] = ()


@dataclass(frozen=True)
class Arrangement:
    """`rest` are the properties that no group names: they stand in a last group, so that nothing new is missed."""

    groups: tuple[Group, ...] = ()
    hidden: tuple[str, ...] = ()
    tabs: Order = field(default_factory=Order)
    panels: Order = field(default_factory=Order)
    rest: tuple[str, ...] = ()

    @property
    def named(self) -> tuple[str, ...]:
        """Every property that the arrangement names, shown or hidden."""
        return (*(key for group in self.groups for key in group.fields), *self.hidden)


@dataclass(frozen=True)
class Offer:
    """What there is to arrange, in words by key; `optional` properties are shown only where a group names them."""

    properties: Mapping[str, str]
    tabs: Mapping[str, str]
    panels: Mapping[str, str]
    optional: Collection[str] = ()


def fitted(arrangement: Arrangement, offer: Offer) -> Arrangement:
    """What the arrangement comes to today: what is gone is left out, what is new stands last."""
    there = offer.properties
    named = set(arrangement.named)
    unnamed = [key for key in there if key not in named]
    return replace(
        arrangement,
        groups=tuple(replace(group, fields=kept(group.fields, there)) for group in arrangement.groups),
        hidden=(*kept(arrangement.hidden, there), *(key for key in unnamed if key in offer.optional)),
        rest=tuple(key for key in unnamed if key not in offer.optional),
        tabs=fitted_order(arrangement.tabs, offer.tabs),
        panels=fitted_order(arrangement.panels, offer.panels),
    )


def fitted_order(order: Order, there: Mapping[str, str]) -> Order:
    new = (key for key in there if key not in {*order.shown, *order.hidden})
    return Order((*kept(order.shown, there), *new), kept(order.hidden, there))


def kept(keys: Iterable[str], there: Collection[str]) -> tuple[str, ...]:
    return tuple(key for key in keys if key in there)


def gone(arrangement: Arrangement, offer: Offer) -> list[str]:
    """Keys that the arrangement names and that do not exist any more."""
    named = (
        (arrangement.named, offer.properties),
        ((*arrangement.tabs.shown, *arrangement.tabs.hidden), offer.tabs),
        ((*arrangement.panels.shown, *arrangement.panels.hidden), offer.panels),
    )
    return [key for keys, there in named for key in keys if key not in there]


def read_arrangement(properties: Any, tabs: Any, panels: Any) -> Arrangement:
    """What a row holds; it was checked when it was written."""
    groups = tuple(
        Group(group["title"], tuple(group["fields"]), group["folded"])
        for group in properties.get("groups", ())
    )
    return Arrangement(groups, tuple(properties.get("hidden", ())), read_order(tabs), read_order(panels))


def read_order(held: Any) -> Order:
    return Order(tuple(held.get("shown", ())), tuple(held.get("hidden", ())))


def properties_json(arrangement: Arrangement) -> dict[str, Any]:
    return {
        "groups": [
            {"title": group.title, "fields": list(group.fields), "folded": group.is_folded}
            for group in arrangement.groups
        ],
        "hidden": list(arrangement.hidden),
    }


def order_json(order: Order) -> dict[str, Any]:
    return {"shown": list(order.shown), "hidden": list(order.hidden)}
