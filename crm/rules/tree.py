"""The tree of a rule: and, or, not over conditions. Pure: what the fields mean is told elsewhere.

As JSON: {"all": [...]}, {"any": [...]}, {"not": node}, {"field": "city", "op": "is", "value": "Bern"} and, about
records that hang on this one, {"related": "orders", "op": "count_at_least", "value": 3, "where": node}.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from crm.rules.errors import Place, RuleError

DEEPEST = 10
MOST_PARTS = 150
#: the database plans their order: the time for it doubles with every few more
MOST_RELATED = 20
LONGEST_TEXT = 20_000
LONGEST_NAME = 80


@dataclass(frozen=True)
class Group:
    """All or any of the parts; an empty one says nothing and matches every record."""

    op: str
    parts: tuple["Node", ...]


@dataclass(frozen=True)
class Not:
    part: "Node"


@dataclass(frozen=True)
class Condition:
    field: str
    op: str
    value: Any = None
    place: Place = ()


@dataclass(frozen=True)
class RelatedCondition:
    """`of` names the field that a sum or an extreme is taken of; `where` which of the related records count."""

    related: str
    op: str
    value: Any = None
    of: str = ""
    where: "Node | None" = None
    place: Place = ()


Node = Group | Not | Condition | RelatedCondition
EVERYTHING = Group("all", ())


def read_text(text: str) -> Node:
    """The rule of a form or an address; empty text is the rule that matches everything. Raises RuleError."""
    if not text.strip():
        return EVERYTHING
    if len(text) > LONGEST_TEXT:
        raise RuleError(_("This rule is too long."))
    try:
        data = json.loads(text)
    except (ValueError, RecursionError) as fault:
        raise RuleError(_("This rule cannot be read.")) from fault
    return read_tree(data)


def read_tree(data: Any) -> Node:
    """Raises RuleError for what is no rule, is nested too deep or has too many parts."""
    if data in (None, {}):
        return EVERYTHING
    node = read_node(data, (), DEEPEST)
    parts = list(walk(node))
    if len(parts) > MOST_PARTS:
        raise RuleError(_("A rule may have at most %d parts.") % MOST_PARTS)
    if sum(isinstance(part, RelatedCondition) for part in parts) > MOST_RELATED:
        raise RuleError(_("A rule may ask about other records at most %d times.") % MOST_RELATED)
    return node


def read_node(data: Any, place: Place, depth: int) -> Node:
    if depth < 0:
        raise RuleError(_("This rule is nested too deep: %d levels are possible.") % DEEPEST, place)
    if not isinstance(data, dict):
        raise RuleError(_("This part is no condition."), place)
    for op in ("all", "any"):
        if op in data:
            return read_group(op, data[op], place, depth)
    if "not" in data:
        return Not(read_node(data["not"], (*place, 0), depth - 1))
    return read_related(data, place, depth) if "related" in data else read_condition(data, place)


def read_group(op: str, parts: Any, place: Place, depth: int) -> Group:
    if not isinstance(parts, list) or len(parts) > MOST_PARTS:
        raise RuleError(_("This part is no condition."), place)
    return Group(op, tuple(read_node(part, (*place, index), depth - 1) for index, part in enumerate(parts)))


def read_condition(data: dict[str, Any], place: Place) -> Condition:
    return Condition(name(data, "field", place), name(data, "op", place), data.get("value"), place)


def read_related(data: dict[str, Any], place: Place, depth: int) -> RelatedCondition:
    where = data.get("where")
    return RelatedCondition(
        name(data, "related", place),
        name(data, "op", place),
        data.get("value"),
        name(data, "of", place) if data.get("of") else "",
        read_node(where, (*place, 0), depth - 1) if where else None,
        place,
    )


def name(data: dict[str, Any], key: str, place: Place) -> str:
    found = data.get(key)
    if not isinstance(found, str) or not found or len(found) > LONGEST_NAME:
        raise RuleError(_("This condition is not complete."), place)
    return found


def write_tree(node: Node) -> dict[str, Any]:
    """The JSON of a rule, always in the same shape."""
    if isinstance(node, Group):
        return {node.op: [write_tree(part) for part in node.parts]}
    if isinstance(node, Not):
        return {"not": write_tree(node.part)}
    if isinstance(node, Condition):
        return {"field": node.field, "op": node.op, **({} if node.value is None else {"value": node.value})}
    found: dict[str, Any] = {"related": node.related, "op": node.op}
    if node.of:
        found["of"] = node.of
    if node.value is not None:
        found["value"] = node.value
    if node.where is not None:
        found["where"] = write_tree(node.where)
    return found


def write_text(node: Node) -> str:
    """The rule as an address or a form carries it; empty for the rule that matches everything."""
    return "" if is_empty(node) else json.dumps(write_tree(node), separators=(",", ":"), ensure_ascii=False)


def is_empty(node: Node) -> bool:
    """Whether the rule says nothing, so that every record matches."""
    return isinstance(node, Group) and all(is_empty(part) for part in node.parts)


def walk(node: Node) -> Iterator[Node]:
    """The node and all parts below it."""
    yield node
    if isinstance(node, Group):
        for part in node.parts:
            yield from walk(part)
    elif isinstance(node, Not):
        yield from walk(node.part)
    elif isinstance(node, RelatedCondition) and node.where is not None:
        yield from walk(node.where)
