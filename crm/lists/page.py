"""One page of a list: its rows, the ways on and back, and how many there are."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.http import QueryDict

from crm.access.querysets import AccessQuerySet
from crm.lists.cursor import BadCursor, Cursor, decode
from crm.lists.declaration import Column, RecordList, Sort
from crm.lists.keyset import Place, places
from crm.staff.models import User

COUNT_CAP = 10_000


@dataclass(frozen=True)
class Page:
    """`count` stops at COUNT_CAP; `capped` says that there are more."""

    rows: list[Any]
    next_cursor: str
    previous_cursor: str
    count: int
    capped: bool
    sort: str
    columns: tuple[Column, ...]
    filters: Any
    filtered: bool


def list_page(declared: RecordList, user: User, params: Mapping[str, str]) -> Page:
    """The page that the parameters of an address ask for; what cannot be read falls back to the first page."""
    data = params if isinstance(params, QueryDict) else QueryDict("", mutable=True)
    rows, filters = filtered_rows(declared, user, data)
    text, sort = declared.sort_for(params.get("sort", ""))
    cursor = read_cursor(declared, sort, params.get("at", ""))
    found = places(rows, user, sort, cursor, declared.page_size + 1)
    more = len(found) > declared.page_size
    found = found[: declared.page_size]
    backward = bool(cursor and cursor.backward)
    if backward:
        found.reverse()
    has_next, has_previous = (True, more) if backward else (more, cursor is not None)
    count = capped_count(rows, user)
    return Page(
        rows=load(declared, [pk for _value, pk in found]),
        next_cursor=cursor_at(found, -1, backward=False) if has_next and found else "",
        previous_cursor=cursor_at(found, 0, backward=True) if has_previous and found else "",
        count=min(count, COUNT_CAP),
        capped=count > COUNT_CAP,
        sort=text,
        columns=declared.columns,
        filters=filters,
        filtered=any(data.get(name) for name in filters.filters),
    )


def filtered_rows(declared: RecordList, user: User, data: QueryDict) -> tuple[AccessQuerySet[Any], Any]:
    """The rows the filters leave; visibility is added by whoever reads them (places, capped_count)."""
    rows = declared.model._default_manager.filter(**declared.alive)
    filters = declared.filter_class(data, queryset=rows)
    filters.user = user
    return filters.qs, filters


def read_cursor(declared: RecordList, sort: Sort, text: str) -> Cursor | None:
    if not text:
        return None
    try:
        return decode(text, field_at(declared.model, sort.path))
    except BadCursor:
        return None


def field_at(model: type[models.Model], path: str) -> "models.Field[Any, Any]":
    """The model field at the end of an ORM path."""
    *steps, last = path.split("__")
    for step in steps:
        model = model._meta.get_field(step).related_model  # type: ignore[assignment]
    return model._meta.get_field(last)  # type: ignore[return-value]


def cursor_at(found: list[Place], index: int, *, backward: bool) -> str:
    value, pk = found[index]
    return Cursor(value, pk, backward).encode()


def load(declared: RecordList, pks: list[int]) -> list[Any]:
    """The records of the page, in its order, with only what the page shows."""
    rows = declared.model._default_manager.select_related(*declared.related).prefetch_related(*declared.prefetch)
    by_pk = rows.in_bulk(pks)
    return [by_pk[pk] for pk in pks if pk in by_pk]


def capped_count(rows: AccessQuerySet[Any], user: User) -> int:
    """Counts no further than one above the cap."""
    return rows.visible_to(user).order_by()[: COUNT_CAP + 1].count()


def neighbours(
    declared: RecordList, user: User, params: QueryDict, obj: models.Model
) -> tuple[int | None, int | None]:
    """The keys of the records before and after this one in the list it was reached from."""
    rows, _filters = filtered_rows(declared, user, params)
    _text, sort = declared.sort_for(params.get("sort", ""))
    value = value_at(obj, sort.path)
    before = places(rows, user, sort, Cursor(value, obj.pk, backward=True), 1)
    after = places(rows, user, sort, Cursor(value, obj.pk), 1)
    return before[0][1] if before else None, after[0][1] if after else None


def value_at(obj: Any, path: str) -> Any:
    for step in path.split("__"):
        obj = getattr(obj, step, None)
    return obj
