"""A list in groups: by the choices of a field, each with its count, its sums and its first records."""

import json
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, F, FloatField, Q, Sum
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast
from django.utils.translation import gettext as _

from crm.fields.declaration import Field
from crm.fields.names import names_of
from crm.fields.types import FieldType
from crm.lists.keyset import Reading, first_places
from crm.lists.page import page_rows
from crm.lists.reading import Row
from crm.lists.state import ListState
from crm.money.formatting import money_whole, number
from crm.rules.tree import is_empty, write_tree

MOST_GROUPS = 60
FIRST_ROWS = 10


@dataclass
class Group:
    """`key` is the value that its records share; `sums` by the key of a field; `url` the list of just these."""

    key: Any
    label: str
    count: int
    sums: dict[str, str]
    url: str
    tone: str = ""
    rows: list[Row] = field(default_factory=list)
    html: str = ""

    @property
    def has_more(self) -> bool:
        return self.count > len(self.rows)


def groups(state: ListState, grouped_by: Field, summed: list[Field], limit: int = FIRST_ROWS) -> list[Group]:
    """The groups in the order of the choices (of people by size), at most MOST_GROUPS; empty ones are left out."""
    found = {row["key"]: row for row in aggregated(state, grouped_by, summed)}
    labels = labels_of(state, grouped_by, set(found))
    ordered = sorted(found, key=lambda key: place(grouped_by, labels, found, key))[:MOST_GROUPS]
    made = [
        Group(
            key,
            labels.get(key) or _("None"),
            found[key]["count"],
            sums(found[key], summed),
            group_url(state, grouped_by, key),
            grouped_by.tones(key) if grouped_by.tones and key else "",
        )
        for key in ordered
    ]
    fill(state, grouped_by, made, limit)
    return made


def aggregated(state: ListState, grouped_by: Field, summed: list[Field]) -> Any:
    rows = state.rows().visible_to(state.user).order_by()
    totals = {f"sum_{index}": Sum(as_number(item)) for index, item in enumerate(summed)}
    return rows.values(key=F(grouped_by.orm)).annotate(count=Count("pk"), **totals)


def as_number(item: Field) -> Any:
    """The path of a number; of one in JSON its text read as a number."""
    if not item.is_custom:
        return item.orm
    return Cast(KeyTextTransform(item.orm.removeprefix("custom__"), "custom"), FloatField())


def labels_of(state: ListState, grouped_by: Field, keys: set[Any]) -> dict[Any, str]:
    if grouped_by.is_keyed:
        return dict(names_of(grouped_by, state.user, keys - {None}))
    if grouped_by.type is FieldType.YES_NO:
        return {True: _("Yes"), False: _("No")}
    return dict(grouped_by.options())


def place(grouped_by: Field, labels: dict[Any, str], found: dict[Any, Any], key: Any) -> tuple[int, int]:
    """Choices in their order, people by how much they have; those without a value last."""
    if key in (None, ""):
        return 2, 0
    if grouped_by.is_keyed:
        return 0, -found[key]["count"]
    known = list(labels)
    return (0, known.index(key)) if key in labels else (1, 0)


def sums(row: dict[str, Any], summed: list[Field]) -> dict[str, str]:
    return {
        item.key: total_text(item, row[f"sum_{index}"])
        for index, item in enumerate(summed)
        if row[f"sum_{index}"] is not None
    }


def total_text(item: Field, value: Any) -> str:
    return money_whole(value) if item.type is FieldType.MONEY else number(value)


def fill(state: ListState, grouped_by: Field, made: list[Group], limit: int) -> None:
    """The first records of each group in the order of the list, read at once."""
    _text, sort, descending = state.sort
    rows = state.rows()
    readings = [
        Reading(rows.filter(within(grouped_by, group.key)), state.user, sort, descending) for group in made
    ]
    keys = [[pk for _value, pk in found] for found in first_places(readings, limit)]
    by_pk = {row["id"]: row for row in page_rows(state, [pk for part in keys for pk in part])}
    for group, part in zip(made, keys, strict=True):
        group.rows = [by_pk[pk] for pk in part if pk in by_pk]


def within(grouped_by: Field, key: Any) -> Any:
    """The condition of one group."""
    if key is None:
        return Q(**{f"{grouped_by.orm}__isnull": True})
    return Q(**{grouped_by.orm: key})


def group_url(state: ListState, grouped_by: Field, key: Any) -> str:
    """The list of one group: its value becomes a part of the rule."""
    part: dict[str, Any] = {"field": grouped_by.key}
    if grouped_by.type is FieldType.YES_NO:
        part["op"] = "yes" if key else "no"
    elif key in (None, ""):
        part["op"] = "empty"
    else:
        part |= {"op": "any_of", "value": [key]}
    rule = part if is_empty(state.rule) else {"all": [write_tree(state.rule), part]}
    left = ("group", "layout", "board", "after", "before")
    kept = {name: value for name, value in state.params.items() if name not in left}
    view = {"view": str(state.view.pk)} if state.view else {}
    return "?" + urlencode({**kept, **view, "rule": json.dumps(rule, separators=(",", ":"))})


def totals(state: ListState) -> dict[str, str]:
    """The sum of each shown column that can be added up, over all results that the reader may see."""
    summed = summed_fields(state)
    if not summed:
        return {}
    rows = state.rows().visible_to(state.user).order_by()
    found = rows.aggregate(**{f"sum_{index}": Sum(as_number(item)) for index, item in enumerate(summed)})
    return {item.key: total_text(item, found[f"sum_{index}"]) for index, item in enumerate(summed)}


def summed_fields(state: ListState) -> list[Field]:
    """The columns shown that can be added up."""
    return [column.field for column in state.columns if column.field.totals]
