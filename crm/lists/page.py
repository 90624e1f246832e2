"""One page of a list: its rows, the ways on and back, and how many there are."""

from typing import Any

from django.db import models
from django.db.models import QuerySet
from django.http import HttpRequest, QueryDict

from crm.access.querysets import AccessQuerySet
from crm.lists.count import page_count
from crm.lists.cursor import BadCursor, Cursor, decode
from crm.lists.declaration import RecordList, Sort
from crm.lists.filters import ListFilter
from crm.lists.keyset import Place, Reading, places
from crm.staff.models import User


def list_context(declared: RecordList, user: User, request: HttpRequest) -> dict[str, Any]:
    """What a list template shows for the parameters of an address; what cannot be read is left out."""
    params = request.GET
    filters = list_filter(declared, user, params)
    rows: AccessQuerySet[Any] = filters.qs
    text, sort, descending = declared.sort_for(params.get("sort", ""), declared.hidden_from(user))
    cursor = read_cursor(declared, sort, params)
    backward = bool(cursor and cursor.backward)
    found = places(Reading(rows, user, sort, descending, backward), cursor, declared.page_size + 1)
    more = len(found) > declared.page_size
    found = found[: declared.page_size]
    if backward:
        found.reverse()
    has_next, has_previous = (True, more) if backward else (more, cursor is not None)
    shown = None if has_next or has_previous else len(found)
    count, count_query = page_count(rows, user, params, shown, filters.is_filtered())
    return {
        "rows": load(declared, user, [pk for _value, pk in found]),
        "next_cursor": cursor_at(found, -1) if has_next and found else "",
        "previous_cursor": cursor_at(found, 0) if has_previous and found else "",
        "count_text": count,
        "count_query": count_query,
        "sort": text,
        "q": params.get("q", ""),
        **filters.context(),
    }


def list_filter(declared: RecordList, user: User, params: QueryDict) -> ListFilter:
    """The declared filters over all rows; visibility is added where the rows are read."""
    rows = declared.model._default_manager.filter(**declared.alive)
    filters = declared.filter_class(params, queryset=rows)
    assert isinstance(filters, ListFilter)  # noqa: S101 - narrows the type; a declaration error
    filters.user = user
    for name in declared.hidden_from(user):
        filters.filters.pop(name, None)
    return filters


def read_cursor(declared: RecordList, sort: Sort, params: QueryDict) -> Cursor | None:
    for name in ("before", "after"):
        text = params.get(name)
        if text:
            try:
                return decode(text, field_at(declared.model, sort.path), backward=name == "before")
            except BadCursor:
                return None
    return None


def field_at(model: type[models.Model], path: str) -> "models.Field[Any, Any]":
    """The model field at the end of an ORM path."""
    *steps, last = path.split("__")
    for step in steps:
        model = model._meta.get_field(step).related_model  # type: ignore[assignment]
    return model._meta.get_field(last)  # type: ignore[return-value]


def cursor_at(found: list[Place], index: int) -> str:
    value, pk = found[index]
    return Cursor(value, pk).encode()


def load(declared: RecordList, user: User, pks: list[int]) -> list[dict[str, Any]]:
    """The rows of these keys in their order, as `read` gives them."""
    by_pk = {
        row["id"]: row for row in read(declared, user, declared.model._default_manager.filter(pk__in=pks))
    }
    return [by_pk[pk] for pk in pks if pk in by_pk]


def read(declared: RecordList, user: User, rows: QuerySet[Any]) -> list[dict[str, Any]]:
    """These records, which the reader may see, with the columns that are shown and that the reader may know."""
    hidden = dict.fromkeys(declared.hidden_from(user) & declared.values.keys())
    names = ("id", *declared.values)
    found = rows.values_list("pk", *declared.values.values())
    return [declared.finish(dict(zip(names, row, strict=True)) | hidden) for row in found]


def neighbours(
    declared: RecordList, user: User, params: QueryDict, obj: models.Model
) -> tuple[int | None, int | None]:
    """The keys of the records before and after this one in the list it was reached from."""
    rows = list_filter(declared, user, params).qs
    _text, sort, descending = declared.sort_for(params.get("sort", ""), declared.hidden_from(user))
    cursor = Cursor(value_at(obj, sort.path), obj.pk)
    before = places(Reading(rows, user, sort, descending, backward=True), cursor, 1)
    after = places(Reading(rows, user, sort, descending), cursor, 1)
    return before[0][1] if before else None, after[0][1] if after else None


def value_at(obj: Any, path: str) -> Any:
    for step in path.split("__"):
        obj = getattr(obj, step, None)
    return obj
