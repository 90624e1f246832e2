"""Keeping bookmarks. They are a person's own and concern nobody else, so no audit entry is written."""

from django.db import transaction
from django.http import Http404
from django.utils import timezone

from crm.bookmarks.models import Favourite, RecentRecord
from crm.notifications.models import UNREAD, Notification
from crm.notifications.selectors import find_seen
from crm.records.kinds import kinds
from crm.staff.models import User


def require_seen(actor: User, object_type: str, pk: int) -> None:
    """Raises Http404 for a record that has no page, or that the person may not see."""
    kind = kinds().get(object_type)
    if kind is None or not kind.record_url or find_seen(actor, object_type, pk) is None:
        raise Http404


@transaction.atomic
def favourite_add(*, actor: User, object_type: str, pk: int) -> Favourite:
    require_seen(actor, object_type, pk)
    row, _created = Favourite.objects.get_or_create(user=actor, object_type=object_type, object_id=pk)
    return row


@transaction.atomic
def favourite_remove(*, actor: User, object_type: str, pk: int) -> None:
    """Also of a record that the person may no longer see."""
    Favourite.objects.filter(user=actor, object_type=object_type, object_id=pk).delete()


@transaction.atomic
def visit_note(*, actor: User, object_type: str, pk: int) -> RecentRecord:
    """The person looks at the record: it is their most recent, and what they were told of it counts as read."""
    require_seen(actor, object_type, pk)
    now = timezone.now()
    row, _created = RecentRecord.objects.update_or_create(
        user=actor, object_type=object_type, object_id=pk, defaults={"at": now}
    )
    rows = RecentRecord.objects.filter(user=actor)
    kept = list(rows.order_by("-at", "-pk").values_list("pk", flat=True)[: RecentRecord.KEPT])
    rows.exclude(pk__in=kept).delete()
    Notification.objects.filter(UNREAD, user=actor, object_type=object_type, object_id=pk).update(read_at=now)
    return row
