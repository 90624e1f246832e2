"""Why a record is in or not in: every condition with what the record holds and its verdict, from one query."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from django.db.models import BooleanField, ExpressionWrapper, Q, QuerySet

from crm.fields.declaration import Field
from crm.lists.properties import texts_of
from crm.rules.compile import Reading, compiled, own_parts
from crm.rules.errors import RuleError
from crm.rules.tree import Condition, Group, Node, Not, RelatedCondition, is_empty
from crm.rules.words import condition_words


@dataclass(frozen=True)
class Line:
    """A part of a rule: `depth` indents it, `verdict` is None where it cannot be asked, `holds` of what is no field."""

    depth: int
    text: str
    verdict: bool | None
    holds: str | None = None


def explain(reading: Reading, node: Node, pk: int) -> list[Line]:
    """The parts of the rule in reading order. `pk` is a record that the reader may see."""
    return explain_all(reading, [node], pk)[0]


def explain_all(reading: Reading, nodes: Sequence[Node], pk: int) -> list[list[Line]]:
    """As explain, of several rules at once."""
    parts = [part for node in nodes for part in own_parts(node)]
    asked: dict[str, Any] = {}
    for index, part in enumerate(parts):
        try:
            asked[f"verdict_{index}"] = compiled(reading, part)
        except RuleError:
            continue
    found = answers(reading, asked, pk)
    verdicts = {id(part): found.get(f"verdict_{index}") for index, part in enumerate(parts)}
    held = values(reading, parts, pk)
    return [list(lines(reading, node, verdicts, held, 0)) for node in nodes]


def answers(reading: Reading, asked: dict[str, Q], pk: int) -> dict[str, bool]:
    rows: QuerySet[Any] = reading.kind.rows().filter(pk=pk)
    wrapped = {
        name: ExpressionWrapper(condition, output_field=BooleanField()) for name, condition in asked.items()
    }
    found: dict[str, bool] | None = rows.annotate(**wrapped).values(*wrapped).first() if wrapped else {}
    return {name: bool(value) for name, value in (found or {}).items()}


def values(reading: Reading, parts: list[Condition | RelatedCondition], pk: int) -> dict[str, str]:
    """What the record holds in the fields that the rule asks, in words."""
    fields: dict[str, Field] = {}
    for part in parts:
        if isinstance(part, Condition):
            with suppress(RuleError):
                fields[part.field] = reading.field(part)
    return texts_of(reading.kind, reading.user, pk, list(fields.values()))


def lines(
    reading: Reading, node: Node, verdicts: dict[int, bool | None], held: dict[str, str], depth: int
) -> Iterator[Line]:
    if isinstance(node, Group):
        parts = [part for part in node.parts if not is_empty(part)]
        if len(parts) > 1 or depth == 0:
            yield Line(depth, node.op, verdict(node, verdicts))
        for part in parts:
            yield from lines(reading, part, verdicts, held, depth + (len(parts) > 1))
    elif isinstance(node, Not):
        yield Line(depth, "not", verdict(node, verdicts))
        yield from lines(reading, node.part, verdicts, held, depth + 1)
    else:
        yield condition_line(reading, node, verdicts[id(node)], held, depth)


def condition_line(
    reading: Reading,
    part: Condition | RelatedCondition,
    answer: bool | None,
    held: dict[str, str],
    depth: int,
) -> Line:
    try:
        text = condition_words(reading, part)
    except RuleError as fault:
        return Line(depth, fault.text, None)
    return Line(depth, text, answer, held.get(part.field, "") if isinstance(part, Condition) else None)


def verdict(node: Node, verdicts: dict[int, bool | None]) -> bool | None:
    """Of a group from its parts; unknown as soon as one part cannot be asked."""
    if isinstance(node, Not):
        inner = verdict(node.part, verdicts)
        return None if inner is None else not inner
    if isinstance(node, Group):
        found = [verdict(part, verdicts) for part in node.parts if not is_empty(part)]
        if None in found:
            return None
        return all(found) if node.op == "all" else any(found) or not found
    return verdicts[id(node)]
