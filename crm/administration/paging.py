"""Keyset paging for pages that are no list of records: the way on costs the same from any place."""

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.http import QueryDict

from crm.lists.cursor import BadCursor, Cursor, decode
from crm.lists.keyset import beyond

SIZE = 50


@dataclass(frozen=True)
class Page:
    """What crm/list_foot.html needs of it is in `context`."""

    rows: list[Any]
    previous_cursor: str
    next_cursor: str

    def context(self) -> dict[str, Any]:
        return {
            "rows": self.rows,
            "previous_cursor": self.previous_cursor,
            "next_cursor": self.next_cursor,
        }


def keyset_page(
    rows: QuerySet[Any], params: QueryDict, *, field: str = "", descending: bool = True, size: int = SIZE
) -> Page:
    """One page in the order of `field` and key; without a field in the order of the key alone."""
    cursor = read_cursor(rows, params, field)
    backward = bool(cursor and cursor.backward)
    down = descending is not backward
    sign = "-" if down else ""
    if cursor:
        rows = rows.filter(beyond(field or "pk", cursor, down))
    order = [f"{sign}{field}"] if field else []
    found = list(rows.order_by(*order, f"{sign}pk")[: size + 1])
    more = len(found) > size
    found = found[:size]
    if backward:
        found.reverse()
    has_next, has_previous = (True, more) if backward else (more, cursor is not None)
    return Page(
        found,
        place(found[0], field) if found and has_previous else "",
        place(found[-1], field) if found and has_next else "",
    )


def place(row: Any, field: str) -> str:
    return Cursor(getattr(row, field) if field else None, row.pk).encode()


def read_cursor(rows: QuerySet[Any], params: QueryDict, field: str) -> Cursor | None:
    """The place an address asks for; None for what cannot be read."""
    for name in ("before", "after"):
        if text := params.get(name):
            try:
                found = decode(text, rows.model._meta.get_field(field or "id"), backward=name == "before")
            except BadCursor:
                return None
            return found if (found.value is None) is not bool(field) else None
    return None
