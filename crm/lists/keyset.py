"""Keyset paging over what a person may see.

Rows visible through an owner or team are fetched as a UNION of the first rows of each principal, so that someone
who sees almost nothing waits no longer than someone who sees everything (an OR would walk the whole index).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import F, Q, QuerySet, Value

from crm.access.grants import grants
from crm.access.querysets import AccessQuerySet, judged_by, principals
from crm.access.scopes import Scope
from crm.lists.cursor import Cursor
from crm.lists.sorting import Sort
from crm.staff.models import User

Place = tuple[Any, int]


@dataclass(frozen=True)
class Reading:
    """Which rows are read for whom, in which order and direction."""

    rows: AccessQuerySet[Any]
    user: User
    sort: Sort
    descending: bool
    backward: bool = False


def places(reading: Reading, cursor: Cursor | None, limit: int) -> list[Place]:
    """(sort value, pk) of the next `limit` rows from the cursor, in the direction of reading."""
    found: list[Place] = []
    for segment, is_null in segments(reading.sort, reading.backward):
        if len(found) >= limit:
            break
        inside = cursor if cursor and is_null == (cursor.value is None) else None
        if cursor and not inside and is_null is reading.backward:
            continue  # this segment lies behind the cursor
        found += segment_places(reading, segment, is_null, inside, limit - len(found))
    return found


def first_places(readings: Sequence[Reading], limit: int) -> list[list[Place]]:
    """The first places of each reading, those of all readings in one query; rows without a value stand last."""
    found: list[list[Place]] = [[] for _reading in readings]
    parts = [part_places(reading, index, limit) for index, reading in enumerate(readings)]
    parts = [part for part in parts if not part.query.is_empty()]
    if not parts:
        return found
    rows = parts[0].union(*parts[1:], all=True) if len(parts) > 1 else parts[0]
    for index, value, pk in rows:
        found[index].append((value, pk))
    return [in_order(part, reading.descending) for part, reading in zip(found, readings, strict=True)]


def part_places(reading: Reading, index: int, limit: int) -> QuerySet[Any, Any]:
    """(index, sort value, pk) of the first rows of one reading, in any order."""
    order = reading.sort.order(descending=reading.descending)
    rows = reading.rows.annotate(part=Value(index))
    fields = ("part", reading.sort.path, "pk")
    if not reading.sort.nullable:
        return visible_slice(rows, reading.user, order, fields, limit)
    path = F(reading.sort.path)
    first = path.desc(nulls_last=True) if reading.descending else path.asc(nulls_last=True)
    return rows.visible_to(reading.user).order_by(first, order[1]).values_list(*fields)[:limit]


def in_order(found: list[Place], descending: bool) -> list[Place]:
    """As the database sorts: those without a value last, whichever way the others go."""
    held = sorted((item for item in found if item[0] is not None), reverse=descending)
    return held + sorted((item for item in found if item[0] is None), reverse=descending)


def segments(sort: Sort, backward: bool) -> list[tuple[Q, bool]]:
    """Rows with a value come before rows without, whichever way the values are sorted."""
    if not sort.nullable:
        return [(Q(), False)]
    parts = [(Q(**{f"{sort.path}__isnull": False}), False), (Q(**{f"{sort.path}__isnull": True}), True)]
    return parts[::-1] if backward else parts


def segment_places(
    reading: Reading, segment: Q, is_null: bool, cursor: Cursor | None, limit: int
) -> list[Place]:
    descending = reading.descending is not reading.backward
    path_order, pk_order = reading.sort.order(descending=descending)
    rows = reading.rows.filter(segment)
    if cursor:
        rows = rows.filter(beyond(reading.sort.path, cursor, descending))
    if is_null:
        return [(None, pk) for (pk,) in visible_slice(rows, reading.user, (pk_order,), ("pk",), limit)]
    fields = (reading.sort.path, "pk")
    return [
        (value, pk) for value, pk in visible_slice(rows, reading.user, (path_order, pk_order), fields, limit)
    ]


def beyond(path: str, cursor: Cursor, descending: bool) -> Q:
    """The redundant first condition lets PostgreSQL enter the index at the cursor."""
    side = "lt" if descending else "gt"
    pk = Q(**{f"pk__{side}": cursor.pk})
    if cursor.value is None:
        return pk
    return Q(**{f"{path}__{side}e": cursor.value}) & (Q(**{f"{path}__{side}": cursor.value}) | pk)


def visible_slice(
    rows: AccessQuerySet[Any], user: User, order: tuple[str, ...], fields: tuple[str, ...], limit: int
) -> QuerySet[Any, Any]:
    if rows.query.is_empty():
        return rows.none().values_list(*fields)  # a slice of a union of nothing cannot be ordered
    judge, prefix = judged_by(rows.model)
    scope = grants(user).scope(judge, "view")
    if scope in (Scope.ALL, Scope.NONE):
        return rows.visible_to(user).order_by(*order).values_list(*fields)[:limit]
    told = rows.told_to(user)
    first, *others = (
        told.filter(one).order_by(*order).values_list(*fields)[:limit]
        for one in principals(user, scope, prefix)
    )
    return first.union(*others).order_by(*order)[:limit] if others else first
