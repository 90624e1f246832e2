"""What the frame of every page asks about its reader: in one query, written by hand because every page asks it."""

from dataclasses import dataclass

from django.db import connection

from crm.notifications.selectors import MOST_COUNTED, Key, capped
from crm.staff.models import User

FRAME = """
SELECT
  (SELECT count(*) FROM (
    SELECT 1 FROM notifications_notification
    WHERE user_id = %(user)s AND in_bell AND read_at IS NULL LIMIT %(most)s
  ) AS unread),
  (SELECT array_agg(object_type ORDER BY id) FROM bookmarks_favourite WHERE user_id = %(user)s),
  (SELECT array_agg(object_id ORDER BY id) FROM bookmarks_favourite WHERE user_id = %(user)s)
"""


@dataclass(frozen=True)
class Frame:
    """The count of the bell, and the records of the favourites in their order."""

    unread: str
    favourites: list[Key]


def frame(user: User) -> Frame:
    """Read once per user instance, that is once per request."""
    kept: Frame | None = getattr(user, "kept_frame", None)
    if kept is None:
        kept = read_frame(user)
        user.kept_frame = kept  # type: ignore[attr-defined]
    return kept


def read_frame(user: User) -> Frame:
    with connection.cursor() as cursor:
        cursor.execute(FRAME, {"user": user.pk, "most": MOST_COUNTED + 1})
        unread, types, ids = cursor.fetchone()
    return Frame(capped(unread), list(zip(types or (), ids or (), strict=True)))
