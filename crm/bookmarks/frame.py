"""What the frame of every page asks about its reader, in one query."""

from dataclasses import dataclass

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef
from django.db.models.functions import JSONObject

from crm.bookmarks.models import Favourite
from crm.notifications.models import UNREAD, Notification
from crm.notifications.selectors import MOST_COUNTED, Key, capped
from crm.staff.models import User


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
    unread = Notification.objects.filter(UNREAD, user=OuterRef("pk")).order_by().values("pk")
    stars = Favourite.objects.filter(user=OuterRef("pk")).order_by("pk")
    keys = stars.values(key=JSONObject(type="object_type", id="object_id"))
    row = (
        User.objects.filter(pk=user.pk)
        .order_by()
        .values_list(ArraySubquery(unread[: MOST_COUNTED + 1]), ArraySubquery(keys))
        .first()
    )
    found, marked = row or ([], [])
    return Frame(capped(len(found)), [(key["type"], key["id"]) for key in marked])
