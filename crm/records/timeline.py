"""One timeline: entries of all sources, merged newest first, paged by time."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string

from crm.staff.models import User

PAGE = 30


@dataclass(frozen=True)
class Entry:
    """Something that happened; `key` tells apart entries of the same moment."""

    id: int
    kind: str
    icon: str
    happened_at: datetime
    summary: str
    body: str = ""
    actor_name: str = ""
    url: str = ""

    @property
    def key(self) -> tuple[datetime, str, int]:
        return self.happened_at, self.kind, self.id


# (user, customer, before, limit) -> the newest entries the user may see that happened before a moment
Source = Callable[[User, Any, datetime | None, int], list[Entry]]


@cache
def sources() -> tuple[Source, ...]:
    return tuple(import_string(path) for path in settings.TIMELINE_SOURCES)


def timeline(
    user: User, customer: Any, before: datetime | None, limit: int = PAGE
) -> tuple[list[Entry], str]:
    """(entries, cursor of the next page or ""). Each source filters by what its own records allow."""
    found = [entry for source in sources() for entry in source(user, customer, before, limit + 1)]
    found.sort(key=lambda entry: entry.key, reverse=True)
    if len(found) <= limit:
        return found, ""
    page = found[:limit]
    while len(page) < len(found) and found[len(page)].happened_at == page[-1].happened_at:
        page.append(found[len(page)])
    return page, page[-1].happened_at.isoformat() if len(page) < len(found) else ""


def read_before(text: str) -> datetime | None:
    """The moment of a `?before=` parameter; None for what cannot be read."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else None
