"""A page of a resource: keyset paging with links to its neighbours."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext as _

from crm.access.querysets import AccessQuerySet
from crm.api.filtering import filtered
from crm.api.problems import bad_request
from crm.api.representing import Shape
from crm.api.resources import Resource
from crm.fields.catalogue import field_for
from crm.lists.cursor import BadCursor, Cursor, decode
from crm.lists.keyset import Place, Reading, beyond, places, segments
from crm.lists.page import field_at
from crm.lists.sorting import Sort, sort_of
from crm.records.models import Owned
from crm.staff.models import User

DEFAULT_LIMIT, LARGEST_LIMIT = 50, 200
COUNT_CAP = 10_000
BY_ID = Sort("id")


@dataclass(frozen=True)
class Asked:
    """Which page of a list is wanted."""

    sort: Sort
    descending: bool
    limit: int
    cursor: Cursor | None

    @property
    def backward(self) -> bool:
        return bool(self.cursor and self.cursor.backward)


Link = Callable[[str], str]


def read_page(resource: Resource, user: User, rows: Any, params: QueryDict, link: Link) -> Any:
    """The document of a list: `next`, `previous`, `results`, and `count` if it was asked for.

    `link` makes of a cursor what leads to its page.
    """
    shape = Shape(resource, user, params.get("fields"))
    asked = read_asked(resource, user, params)
    rows = filtered(resource.record_kind, user, rows, params)
    found = found_places(resource, user, rows, asked)
    more = len(found) > asked.limit
    found = found[: asked.limit]
    if asked.backward:
        found.reverse()
    has_next, has_previous = (True, more) if asked.backward else (more, asked.cursor is not None)
    document: dict[str, Any] = {
        "next": link(cursor_at("a", found[-1])) if has_next and found else None,
        "previous": link(cursor_at("b", found[0])) if has_previous and found else None,
    }
    if params.get("count") == "true":
        document |= counted(visible(resource, user, rows))
    return document | {"results": shape.rows([pk for _value, pk in found])}


def read_asked(resource: Resource, user: User, params: QueryDict) -> Asked:
    text = params.get("sort") or resource.sort
    sort = sort_named(resource, user, text.removeprefix("-"))
    cursor = read_cursor(resource, sort, params.get("cursor", ""))
    return Asked(sort, text.startswith("-"), read_limit(params.get("limit")), cursor)


def sort_named(resource: Resource, user: User, name: str) -> Sort:
    if name == "id":
        return BY_ID
    field = field_for(resource.kind, user, name)
    if field is None or not field.sortable:
        raise bad_request(_('It cannot be sorted by "%s".') % name[:80], "sort")
    return sort_of(field)


def read_limit(text: str | None) -> int:
    if not text:
        return DEFAULT_LIMIT
    if not (text.isascii() and text.isdecimal() and 1 <= int(text[:9]) <= LARGEST_LIMIT and len(text) < 9):
        raise bad_request(_("The limit is a number from 1 to %d.") % LARGEST_LIMIT, "limit")
    return int(text)


def read_cursor(resource: Resource, sort: Sort, text: str) -> Cursor | None:
    if not text:
        return None
    way, rest = text[0], text[1:]
    try:
        if way not in ("a", "b"):
            raise BadCursor(text)
        return decode(rest, field_at(resource.record_kind.model, sort.path), backward=way == "b")
    except BadCursor as fault:
        raise bad_request(_("This cursor cannot be read. Begin at the first page."), "cursor") from fault


def cursor_at(way: str, place: Place) -> str:
    return way + Cursor(*place).encode()


def links(request: HttpRequest, params: QueryDict) -> Link:
    """The same address with another cursor."""

    def link(cursor: str) -> str:
        changed = params.copy()
        changed["cursor"] = cursor
        return request.build_absolute_uri(f"{request.path}?{changed.urlencode()}")

    return link


def found_places(resource: Resource, user: User, rows: Any, asked: Asked) -> list[Place]:
    """(sort value, key) of the page and one more."""
    if is_keyed_by_owner(resource):
        reading = Reading(rows, user, asked.sort, asked.descending, asked.backward)
        return places(reading, asked.cursor, asked.limit + 1)
    return plain_places(rows, asked, asked.limit + 1)


def is_keyed_by_owner(resource: Resource) -> bool:
    """Whether crm.lists.keyset adds the visibility, principal by principal; else the rows come with it."""
    model = resource.record_kind.model
    return resource.rows is None and issubclass(model, Owned) and hasattr(model, "access_object")


def base_rows(resource: Resource, user: User) -> Any:
    """The rows to filter; `found_places` and `counted` see to it that only visible ones are left."""
    if is_keyed_by_owner(resource):
        return resource.record_kind.rows().filter(**resource.where)
    return resource.visible(user)


def visible(resource: Resource, user: User, rows: Any) -> Any:
    return rows.visible_to(user) if is_keyed_by_owner(resource) else rows


def plain_places(rows: Any, asked: Asked, limit: int) -> list[Place]:
    """As crm.lists.keyset, over rows that are judged by their parent or belong to nobody."""
    found: list[Place] = []
    cursor, descending = asked.cursor, asked.descending is not asked.backward
    for segment, is_null in segments(asked.sort, asked.backward):
        inside = cursor if cursor and is_null == (cursor.value is None) else None
        if len(found) >= limit or (cursor and not inside and is_null is asked.backward):
            continue
        part = rows.filter(segment)
        if inside:
            part = part.filter(beyond(asked.sort.path, inside, descending))
        order = asked.sort.order(descending=descending)
        wanted = part.order_by(*order).values_list(asked.sort.path, "pk")
        found += [(None if is_null else value, pk) for value, pk in wanted[: limit - len(found)]]
    return found


def counted(rows: AccessQuerySet[Any]) -> dict[str, Any]:
    """Never counted further than is worth waiting for."""
    count = rows.order_by()[: COUNT_CAP + 1].count()
    return {"count": min(count, COUNT_CAP), "count_is_exact": count <= COUNT_CAP}
