"""One timeline: entries of all sources, merged newest first, paged by time."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any, TypeVar

from django.conf import settings
from django.db.models import Model, Q, QuerySet
from django.utils.module_loading import import_string

from crm.lists.filters import readable_id
from crm.staff.models import User

M = TypeVar("M", bound=Model)
PAGE = 30


@dataclass(frozen=True)
class Entry:
    """Something that happened; `source` and id tell apart entries of the same moment.

    `facts` are a few words beside the summary, `state` is what one must not overlook (a cancelled order).
    Without `has_clock` only the day is known. Who may change the entry has an `edit_url`, a `delete_url`.
    """

    id: int
    source: str
    kind: str
    icon: str
    happened_at: datetime
    summary: str
    body: str = ""
    actor_name: str = ""
    url: str = ""
    facts: str = ""
    state: str = ""
    has_clock: bool = True
    edit_url: str = ""
    delete_url: str = ""
    #: where it is read whole, in its place; where it stands anew while it changes by itself
    open_url: str = ""
    refresh_url: str = ""

    @property
    def key(self) -> tuple[datetime, str, int]:
        return self.happened_at, self.source, self.id


@dataclass(frozen=True)
class Place:
    """Where a page of the timeline ends: the moment, source and id of its last entry."""

    moment: datetime
    source: str
    id: int

    def encode(self) -> str:
        return f"{self.moment.isoformat()}~{self.source}~{self.id}"


# (user, customer, no later than this moment, limit, what they speak of or None) -> the newest the user may see
Source = Callable[[User, Any, Place | None, int, Model | None], list[Entry]]


@cache
def sources() -> tuple[Source, ...]:
    return tuple(import_string(path) for path in settings.TIMELINE_SOURCES)


def timeline(
    user: User, customer: Any, before: Place | None, limit: int = PAGE, about: Model | None = None
) -> tuple[list[Entry], str]:
    """(entries, cursor of the next page or ""). Each source filters by what its own records allow.

    `about` leaves of a customer's timeline only what speaks of one record.
    """
    found = [entry for source in sources() for entry in source(user, customer, before, limit + 1, about)]
    found.sort(key=lambda entry: entry.key, reverse=True)
    page = found[:limit]
    last = Place(*page[-1].key) if len(found) > limit else None
    return page, last.encode() if last else ""


def earlier(rows: QuerySet[M], before: Place | None, source: str, field: str) -> QuerySet[M]:
    """The rows of one source that come after the place on the timeline, which is ordered by moment, source and id."""
    if before is None:
        return rows
    older = Q(**{f"{field}__lt": before.moment})
    if source == before.source:
        older |= Q(**{field: before.moment, "id__lt": before.id})
    elif source < before.source:
        older |= Q(**{field: before.moment})
    return rows.filter(older, **{f"{field}__lte": before.moment})


def read_place(text: str) -> Place | None:
    """The place of a `?before=` parameter; None for what cannot be read."""
    moment, _mark, rest = text.partition("~")
    source, _mark, pk = rest.partition("~")
    try:
        at = datetime.fromisoformat(moment)
        if at.tzinfo is None or not readable_id(pk):
            return None
        return Place(at.astimezone(UTC), source[:20], int(pk))
    except (ValueError, OverflowError):
        return None
