"""What a person does with their own bell. Nobody else is concerned, so no audit entry is written."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from crm.notifications.models import UNREAD, Notification
from crm.staff.models import User


@transaction.atomic
def notifications_read(
    *, actor: User, pks: Collection[int] | None = None, until: int | None = None, kind: str = ""
) -> tuple[int, datetime]:
    """Mark as read these lines, or all (of a kind) up to the id `until`: (how many, the moment that names them)."""
    now = timezone.now()
    rows = Notification.objects.filter(UNREAD, user=actor)
    rows = rows.filter(pk__in=pks) if pks is not None else rows
    rows = rows.filter(pk__lte=until) if until is not None else rows
    rows = rows.filter(kind=kind) if kind else rows
    return rows.update(read_at=now), now


@transaction.atomic
def notifications_unread(
    *, actor: User, pks: Collection[int] | None = None, read_at: datetime | None = None
) -> int:
    """Mark as unread these lines, or those that were read together at this moment."""
    rows = Notification.objects.filter(user=actor, read_at__isnull=False)
    rows = rows.filter(pk__in=pks) if pks is not None else rows.filter(read_at=read_at)
    return rows.update(read_at=None)
