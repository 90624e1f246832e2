"""A list as a board: a column for each choice of a field, a card for each record."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from crm.access.services import allowed
from crm.fields.catalogue import may_edit
from crm.fields.declaration import Field
from crm.fields.types import DATED, NUMERIC, FieldType
from crm.lists.cells import Cell, cell_of
from crm.lists.columns import Column
from crm.lists.cursor import Cursor
from crm.lists.grouping import MOST_GROUPS, aggregated, group_url, labels_of, place, sums, within
from crm.lists.keyset import Place, Reading, first_places, places
from crm.lists.page import cursor_at, read_cursor
from crm.lists.reading import Row, load
from crm.lists.state import ListState
from crm.records.boards import PLAIN, BoardPlan

BOARD_CARDS = 15
FACTS = 4
NONE = "none"
#: how long a write may take from its moment to its end
UNDER_WAY = timedelta(seconds=10)


@dataclass(frozen=True)
class Card:
    """`body` is HTML below the title, `facts` are (label, cell) where the kind has no card of its own."""

    id: int
    version: int
    title: str
    body: str
    facts: list[tuple[str, str]]
    css: str


@dataclass(frozen=True)
class BoardColumn:
    """`value` is what a card dropped here gets; `more_url` the next cards, empty when these are all."""

    label: str
    value: str
    count: int
    sums: list[tuple[str, str]]
    url: str
    cards: list[Card]
    more_url: str


def plan_of(state: ListState) -> BoardPlan:
    return state.kind.board_plans.get(state.board.key, PLAIN) if state.board else PLAIN


def board(state: ListState) -> dict[str, Any]:
    """Every choice has its column, also when no record is in it; only a field that may be written takes drops."""
    field, plan, read_at = state.board, plan_of(state), timezone.now()
    assert field is not None  # noqa: S101 - narrows the type: the caller asked for a board
    summed = [state.fields[key] for key in state.kind.board_sums if key in state.fields]
    counted = {row["key"]: row for row in aggregated(state, field, summed)}
    keys = ordered(state, field, plan, counted)
    found = first_places([reading(state, field, key) for key, _label in keys], BOARD_CARDS)
    cards = cards_of(state, plan, [pk for part in found for _value, pk in part])
    return {
        "field": field,
        "columns": [
            column(state, field, key, label, counted.get(key), summed, part, cards)
            for (key, label), part in zip(keys, found, strict=True)
        ],
        "ends": [(end, reverse(end.url, args=[0])) for end in plan.ends],
        "move_url": reverse(plan.move, args=[0]) if plan.move else field_url(state, field),
        "can_move": may_edit(state.user, state.kind.key, field)
        and allowed(state.user, field.edit_permission or state.kind.permission("edit")),
        "stamp": read_at.isoformat() if plan.is_live else "",
    }


def field_url(state: ListState, field: Field) -> str:
    return reverse("lists:cell", args=[state.kind.slug, 0, field.key])


def changed_since(state: ListState, stamp: str) -> bool:
    """Whether any record of the kind was written since a board was read, or while it was."""
    try:
        read_at = datetime.fromisoformat(stamp)
    except ValueError:
        return True
    if read_at.tzinfo is None:
        return True
    return bool(state.kind.model._default_manager.filter(updated_at__gte=read_at - UNDER_WAY).exists())


def ordered(
    state: ListState, field: Field, plan: BoardPlan, counted: dict[Any, Any]
) -> Sequence[tuple[Any, str]]:
    """(value, label) of the columns; where the kind does not say them, every choice, people by how much they have."""
    if plan.columns is not None:
        return plan.columns(state)
    labels = labels_of(state, field, set(counted))
    held = sorted(
        (key for key in counted if key not in (None, "")), key=lambda key: place(field, labels, counted, key)
    )
    chosen = [] if field.is_keyed else [key for key, _label in field.options()]
    empty = [key for key in counted if key in (None, "")]
    keys = [*dict.fromkeys([*chosen, *held]), *empty][:MOST_GROUPS]
    return [(key, labels.get(key) or _("None")) for key in keys]


def reading(state: ListState, field: Field, key: Any) -> Reading:
    _text, sort, descending = state.sort
    return Reading(state.rows().filter(within(field, key)), state.user, sort, descending)


def column(
    state: ListState,
    field: Field,
    key: Any,
    label: str,
    counted: dict[str, Any] | None,
    summed: list[Field],
    found: list[Place],
    cards: dict[int, Card],
) -> BoardColumn:
    count = counted["count"] if counted else 0
    return BoardColumn(
        label=label,
        value="" if key is None else str(key),
        count=count,
        sums=[(state.fields[name].title, text) for name, text in sums(counted, summed).items()]
        if counted
        else [],
        url=group_url(state, field, key),
        cards=[cards[pk] for _value, pk in found if pk in cards],
        more_url=more_url(state, key, found) if count > len(found) else "",
    )


# --- cards ------------------------------------------------------------------------------------------------------


def more_url(state: ListState, key: Any, found: list[Place]) -> str:
    """The next cards of a column."""
    if not found:
        return ""
    asked = {
        **state.params.dict(),
        "cards": NONE if key in (None, "") else str(key),
        "after": cursor_at(found, -1),
    }
    if state.view:
        asked["view"] = str(state.view.pk)
    return "?" + urlencode(asked)


def more_cards(state: ListState) -> dict[str, Any]:
    """The cards of one column that come after a place, and the address of those after them."""
    field, plan = state.board, plan_of(state)
    assert field is not None  # noqa: S101 - narrows the type: the caller asked for a board
    _text, sort, _descending = state.sort
    key = key_of(field, state.params.get("cards", ""))
    cursor: Cursor | None = read_cursor(state.kind, sort, state.asked)
    found = places(reading(state, field, key), cursor, BOARD_CARDS + 1)
    shown = found[:BOARD_CARDS]
    cards = cards_of(state, plan, [pk for _value, pk in shown])
    rest = more_url(state, key, shown) if len(found) > len(shown) else ""
    return {"cards": list(cards.values()), "more_url": rest}


def key_of(field: Field, text: str) -> Any:
    """The value of a column from its address."""
    if text == NONE:
        return None if field.is_keyed else ""
    known = {str(value): value for value, _label in field.options()} if not field.is_keyed else {}
    if field.is_keyed:
        return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else 0
    return known.get(text, text if field.type is not FieldType.YES_NO else text == "True")


def cards_of(state: ListState, plan: BoardPlan, pks: list[int]) -> dict[int, Card]:
    css = state.kind.row_css or (lambda _row: "")
    if plan.card is not None:
        names = (state.kind.title, *plan.fields)
        fields = [state.fields[name] for name in names if name in state.fields]
        rows = load(state.kind, state.user, [*fields, VERSION], pks)
        return {row["id"]: Card(row["id"], row["version"], "", plan.card(row), [], css(row)) for row in rows}
    title, *rest = state.columns
    told = [column for column in rest if column.field != state.board]
    rows = load(state.kind, state.user, [column.field for column in (title, *told)] + [VERSION], pks)
    title_cell, writers = cell_of(state.kind, title), [(item, cell_of(state.kind, item)) for item in told]
    return {
        row["id"]: Card(row["id"], row["version"], title_cell(row), "", facts(row, writers), css(row))
        for row in rows
    }


VERSION = Field("version", "", FieldType.NUMBER)


def facts(row: Row, writers: Sequence[tuple[Column, Cell]]) -> list[tuple[str, str]]:
    held = [
        (column.field.title if column.field.type in (*NUMERIC, *DATED) else "", write(row))
        for column, write in writers
        if row.get(column.field.key) not in (None, "", [])
    ]
    return held[:FACTS]
