"""One page of a list: its rows, the ways on and back, and how many there are."""

from typing import Any

from django.db import models
from django.db.models import JSONField
from django.http import QueryDict

from crm.lists.columns import room
from crm.lists.count import page_count
from crm.lists.cursor import BadCursor, Cursor, decode
from crm.lists.keyset import Place, Reading, places
from crm.lists.reading import Row, load
from crm.lists.sorting import Sort
from crm.lists.state import ListState, read_state
from crm.records.kinds import Kind
from crm.staff.models import User


def page_context(state: ListState) -> dict[str, Any]:
    """The rows of the page that the address asks for, and the way to its neighbours; a bad cursor is the first page."""
    kind, user = state.kind, state.user
    rows = state.rows()
    _text, sort, descending = state.sort
    cursor = read_cursor(kind, sort, state.asked)
    backward = bool(cursor and cursor.backward)
    found = places(Reading(rows, user, sort, descending, backward), cursor, kind.page_size + 1)
    more = len(found) > kind.page_size
    found = found[: kind.page_size]
    if backward:
        found.reverse()
    has_next, has_previous = (True, more) if backward else (more, cursor is not None)
    shown = None if has_next or has_previous else len(found)
    count, count_query = page_count(state, rows, shown)
    return {
        "rows": page_rows(state, [pk for _value, pk in found]),
        "next_cursor": cursor_at(found, -1) if has_next and found else "",
        "previous_cursor": cursor_at(found, 0) if has_previous and found else "",
        "count_text": count,
        "count_query": count_query,
        "room": room(state.columns),
    }


def page_rows(state: ListState, pks: list[int]) -> list[Row]:
    return load(state.kind, state.user, [column.field for column in state.columns], pks)


def read_cursor(kind: Kind, sort: Sort, params: QueryDict) -> Cursor | None:
    for name in ("before", "after"):
        text = params.get(name)
        if text:
            try:
                return decode(text, field_at(kind.model, sort.path), backward=name == "before")
            except BadCursor:
                return None
    return None


def field_at(model: type[models.Model], path: str) -> "models.Field[Any, Any]":
    """The model field at the end of an ORM path; of a path into JSON the JSON field."""
    steps = path.split("__")
    for step in steps[:-1]:
        field = model._meta.get_field(step)
        if isinstance(field, JSONField):
            return field
        model = field.related_model  # type: ignore[assignment]
    return model._meta.get_field(steps[-1])  # type: ignore[return-value]


def cursor_at(found: list[Place], index: int) -> str:
    value, pk = found[index]
    return Cursor(value, pk).encode()


def neighbours(kind: Kind, user: User, params: QueryDict, obj: models.Model) -> tuple[int | None, int | None]:
    """The keys of the records before and after this one in the list it was reached from."""
    state = read_state(kind, user, params)
    rows, (_text, sort, descending) = state.rows(), state.sort
    cursor = Cursor(value_at(obj, sort.path), obj.pk)
    before = places(Reading(rows, user, sort, descending, backward=True), cursor, 1)
    after = places(Reading(rows, user, sort, descending), cursor, 1)
    return before[0][1] if before else None, after[0][1] if after else None


def value_at(obj: Any, path: str) -> Any:
    """The value at the end of an ORM path; of a path into JSON what stands there."""
    for step in path.split("__"):
        obj = obj.get(step) if isinstance(obj, dict) else getattr(obj, step, None)
    return obj
