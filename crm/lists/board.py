"""A list as a board: a column for each choice of a field, a card for each record."""

from dataclasses import dataclass
from typing import Any

from crm.access.services import allowed
from crm.fields.catalogue import may_edit
from crm.fields.declaration import Field
from crm.fields.types import DATED, NUMERIC
from crm.lists.cells import cell_of
from crm.lists.columns import Column
from crm.lists.grouping import Group, group_url
from crm.lists.reading import Row
from crm.lists.state import ListState

BOARD_CARDS = 25
FACTS = 4


@dataclass(frozen=True)
class Card:
    """`facts` are (label, cell) of what the record's columns hold, without those that are empty."""

    id: int
    title: str
    facts: list[tuple[str, str]]


@dataclass(frozen=True)
class BoardColumn:
    """`value` is what a card dropped here gets."""

    group: Group
    value: str
    sums: list[tuple[str, str]]
    cards: list[Card]


def board_columns(state: ListState, found: list[Group]) -> dict[str, Any]:
    """Every choice has its column, also when no record is in it; only a field that may be written takes drops."""
    field = state.board
    assert field is not None  # noqa: S101 - narrows the type: the caller asked for a board
    by_key = {group.key: group for group in found}
    keys = list(by_key) if field.is_keyed else [key for key, _label in field.options()]
    empty = [key for key in by_key if key in (None, "")]
    ordered = [key for key in keys if key not in (None, "")] + empty
    columns = [by_key.get(key) or empty_group(state, field, key) for key in ordered]
    return {
        "field": field,
        "columns": [
            BoardColumn(group, stored(group.key), labelled(state, group.sums), cards(state, group.rows))
            for group in columns
        ],
        "can_move": may_edit(state.user, state.kind.key, field)
        and allowed(state.user, field.edit_permission or state.kind.permission("edit")),
    }


def labelled(state: ListState, sums: dict[str, str]) -> list[tuple[str, str]]:
    return [(state.fields[key].title, text) for key, text in sums.items()]


def stored(key: Any) -> str:
    return "" if key is None else str(key)


def empty_group(state: ListState, field: Field, key: Any) -> Group:
    label = dict(field.options()).get(key, "")
    return Group(key, label, 0, {}, group_url(state, field, key), field.tones(key) if field.tones else "")


def cards(state: ListState, rows: list[Row]) -> list[Card]:
    title, *rest = state.columns
    told = [column for column in rest if column.field != state.board]
    writers = [(column, cell_of(state.kind, column)) for column in told]
    title_cell = cell_of(state.kind, title)
    return [Card(row["id"], title_cell(row), facts(row, writers)) for row in rows]


def facts(row: Row, writers: list[tuple[Column, Any]]) -> list[tuple[str, str]]:
    held = [
        (column.field.title if column.field.type in (*NUMERIC, *DATED) else "", write(row))
        for column, write in writers
        if row.get(column.field.key) not in (None, "", [])
    ]
    return held[:FACTS]
