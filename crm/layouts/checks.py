"""Reading an arrangement that somebody sent: what is wrong with it is said at its part of the form."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from crm.layouts.arrangement import LONGEST_TITLE, MOST_GROUPS, Arrangement, Group, Offer, Order
from crm.texts import visible

LONGEST_TEXT = 50_000
MOST_KEYS = 500


def read_json(text: str) -> Any:
    """Raises ValidationError, also for escapes that no text can hold."""
    if len(text) > LONGEST_TEXT:
        raise ValidationError(_("This is too long for a layout."))
    try:
        held = json.loads(text)
        written = json.dumps(held, ensure_ascii=False)
        written.encode()
    except (ValueError, RecursionError):
        raise ValidationError(_("This is no layout.")) from None
    if "\\u0000" in written:
        raise ValidationError(_("This is no layout."))
    return held


def read_properties(held: Any) -> tuple[tuple[Group, ...], tuple[str, ...]]:
    """Groups and hidden properties out of JSON. Raises ValidationError."""
    if (
        not isinstance(held, dict)
        or held.keys() != {"groups", "hidden"}
        or not isinstance(held["groups"], list)
    ):
        raise ValidationError(_("This is no layout."))
    return tuple(map(read_group, held["groups"])), read_keys(held["hidden"])


def read_group(held: Any) -> Group:
    if not isinstance(held, dict) or held.keys() != {"title", "fields", "folded"}:
        raise ValidationError(_("This is no layout."))
    title, folded = held["title"], held["folded"]
    if not isinstance(title, str) or not isinstance(folded, bool):
        raise ValidationError(_("This is no layout."))
    return Group(" ".join(title.split()), read_keys(held["fields"]), folded)


def read_order(held: Any) -> Order:
    if not isinstance(held, dict) or held.keys() != {"shown", "hidden"}:
        raise ValidationError(_("This is no layout."))
    return Order(read_keys(held["shown"]), read_keys(held["hidden"]))


def read_keys(held: Any) -> tuple[str, ...]:
    if not isinstance(held, list) or len(held) > MOST_KEYS or not all(isinstance(key, str) for key in held):
        raise ValidationError(_("This is no layout."))
    return tuple(held)


def check_arrangement(arrangement: Arrangement, offer: Offer) -> None:
    """Raises ValidationError, by part of the form."""
    with faults_at("properties"):
        check_keys(arrangement.named, offer.properties)
        check_groups(arrangement.groups)
    with faults_at("tabs"):
        check_order(arrangement.tabs, offer.tabs)
        if set(arrangement.tabs.hidden) == offer.tabs.keys():
            raise ValidationError(_("At least one tab must be shown."))
    with faults_at("panels"):
        check_order(arrangement.panels, offer.panels)


@contextmanager
def faults_at(name: str) -> Iterator[None]:
    """What is wrong inside is an error of this part of the form."""
    try:
        yield
    except ValidationError as fault:
        raise ValidationError({name: fault.messages}) from None


def check_groups(groups: tuple[Group, ...]) -> None:
    if len(groups) > MOST_GROUPS:
        raise ValidationError(_("A record may have at most %d groups.") % MOST_GROUPS)
    for group in groups:
        visible(group.title)
        if len(group.title) > LONGEST_TITLE:
            raise ValidationError(_("The name of a group may have at most %d letters.") % LONGEST_TITLE)
        if group.is_folded and not group.title:
            raise ValidationError(_("A group that begins folded needs a name."))
    titles = Counter(group.title.casefold() for group in groups if group.title)
    if titles and titles.most_common(1)[0][1] > 1:
        raise ValidationError(_("Two groups have the same name."))


def check_order(order: Order, there: Mapping[str, str]) -> None:
    check_keys((*order.shown, *order.hidden), there)


def check_keys(keys: Iterable[str], there: Mapping[str, str]) -> None:
    for key, times in Counter(keys).items():
        if key not in there:
            raise ValidationError(_("There is nothing called “%s” to arrange.") % key[:60])
        if times > 1:
            raise ValidationError(_("“%s” stands there twice.") % there[key])
