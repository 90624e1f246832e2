"""Going through the conditions of a rule with the kind of record that each speaks of, and changing them."""

from collections.abc import Callable, Iterator
from dataclasses import replace

from crm.records.kinds import declared_related, kinds
from crm.rules.tree import Condition, Group, Node, Not, RelatedCondition

Change = Callable[[str, Condition], Condition]


def conditions(node: Node, kind: str) -> Iterator[tuple[str, Condition]]:
    """(kind of record, condition); what stands under records that are no longer known is left out."""
    if isinstance(node, Condition):
        yield kind, node
    elif isinstance(node, Group):
        for part in node.parts:
            yield from conditions(part, kind)
    elif isinstance(node, Not):
        yield from conditions(node.part, kind)
    elif node.where is not None and (other := kind_beside(kind, node)):
        yield from conditions(node.where, other)


def rewritten(node: Node, kind: str, change: Change) -> Node:
    """The rule with each of these conditions as `change` returns it."""
    if isinstance(node, Condition):
        return change(kind, node)
    if isinstance(node, Group):
        return replace(node, parts=tuple(rewritten(part, kind, change) for part in node.parts))
    if isinstance(node, Not):
        return replace(node, part=rewritten(node.part, kind, change))
    other = kind_beside(kind, node)
    if node.where is None or not other:
        return node
    return replace(node, where=rewritten(node.where, other, change))


def kind_beside(kind: str, node: RelatedCondition) -> str:
    """The kind of the related records; empty for one that is not known any more."""
    found = declared_related(kind).get(node.related) if kind in kinds() else None
    return found.kind if found else ""
