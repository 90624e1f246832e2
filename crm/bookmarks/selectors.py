"""Bookmarks as they are shown: only what the person may see now, under the names of now."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.functional import Promise

from crm.bookmarks.frame import frame
from crm.bookmarks.models import RecentRecord
from crm.notifications.records import declared
from crm.notifications.selectors import Key, seen_records
from crm.records.kinds import kinds
from crm.staff.models import User

IN_NAVIGATION = 12


@dataclass(frozen=True)
class Mark:
    object_type: str
    object_id: int
    name: str
    kind: str | Promise
    icon: str
    url: str


def marks(user: User, keys: Iterable[Key]) -> list[Mark]:
    """One query per kind of record; what is hidden or gone is left out."""
    keys = list(keys)
    seen = seen_records(user, keys) if keys else {}
    return [mark(key, str(seen[key].obj)) for key in keys if key in seen and declared(key[0])]


def mark(key: Key, name: str) -> Mark:
    kind = kinds()[key[0]]
    return Mark(*key, name, kind.label, kind.icon, kind.url(key[1]))


def favourites(user: User, limit: int | None = None) -> list[Mark]:
    """In the order in which they were added."""
    return marks(user, frame(user).favourites[:limit])


def recents(user: User, limit: int = RecentRecord.KEPT) -> list[Mark]:
    """The last first."""
    rows = RecentRecord.objects.filter(user=user).order_by("-at", "-pk")
    return marks(user, rows.values_list("object_type", "object_id")[:limit])


def is_favourite(user: User, object_type: str, pk: int) -> bool:
    return (object_type, pk) in frame(user).favourites
