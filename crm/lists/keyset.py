"""Keyset paging over what a person may see.

Rows visible through an owner or team are fetched as a UNION of the first rows of each principal, so that someone
who sees almost nothing waits no longer than someone who sees everything (an OR would walk the whole index).
"""

from typing import Any

from django.db.models import Q, QuerySet

from crm.access.grants import grants
from crm.access.querysets import AccessQuerySet, principals
from crm.access.scopes import Scope
from crm.lists.cursor import Cursor
from crm.lists.declaration import Sort
from crm.staff.models import User

Place = tuple[Any, int]


def places(
    rows: AccessQuerySet[Any], user: User, sort: Sort, cursor: Cursor | None, limit: int
) -> list[Place]:
    """(sort value, pk) of the next `limit` rows from the cursor, in reading direction of the cursor."""
    backward = bool(cursor and cursor.backward)
    found: list[Place] = []
    for segment, is_null in segments(sort, backward):
        if len(found) >= limit:
            break
        if cursor and is_null != (cursor.value is None) and before_cursor(is_null, backward):
            continue
        inside = cursor if cursor and is_null == (cursor.value is None) else None
        found += segment_places(rows.filter(segment), user, sort, is_null, inside, backward, limit - len(found))
    return found


def segments(sort: Sort, backward: bool) -> list[tuple[Q, bool]]:
    """Rows with a value come before rows without, in either direction of the sort."""
    if not sort.nullable:
        return [(Q(), False)]
    parts = [(Q(**{f"{sort.path}__isnull": False}), False), (Q(**{f"{sort.path}__isnull": True}), True)]
    return parts[::-1] if backward else parts


def before_cursor(is_null: bool, backward: bool) -> bool:
    """Whether a segment other than the cursor's lies behind it in reading direction."""
    return is_null if backward else not is_null


def segment_places(
    rows: AccessQuerySet[Any], user: User, sort: Sort, is_null: bool, cursor: Cursor | None, backward: bool, limit: int
) -> list[Place]:
    path_order, pk_order = sort.order(reverse=backward)
    descending = pk_order.startswith("-")
    order = (pk_order,) if is_null else (path_order, pk_order)
    if cursor:
        rows = rows.filter(beyond(sort.path, cursor, descending, is_null))
    fields = ("pk",) if is_null else (sort.path, "pk")
    found = list(visible_slice(rows, user, order, fields, limit))
    return [(None, row[0]) for row in found] if is_null else [(row[0], row[1]) for row in found]


def beyond(path: str, cursor: Cursor, descending: bool, is_null: bool) -> Q:
    """The redundant first condition lets PostgreSQL enter the index at the cursor."""
    side = "lt" if descending else "gt"
    pk = Q(**{f"pk__{side}": cursor.pk})
    if is_null:
        return pk
    return Q(**{f"{path}__{side}e": cursor.value}) & (Q(**{f"{path}__{side}": cursor.value}) | pk)


def visible_slice(
    rows: AccessQuerySet[Any], user: User, order: tuple[str, ...], fields: tuple[str, ...], limit: int
) -> QuerySet[Any, Any]:
    scope = grants(user).scope(rows.access_object, "view")
    if scope in (Scope.ALL, Scope.NONE):
        return rows.visible_to(user).order_by(*order).values_list(*fields)[:limit]
    first, *others = (rows.filter(one).order_by(*order).values_list(*fields)[:limit] for one in principals(user, scope))
    if not others:
        return first
    return first.union(*others).order_by(*order)[:limit]
