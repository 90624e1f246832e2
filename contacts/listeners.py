"""What the calendars of other servers hear of writes (AUDIT_LISTENERS)."""

from collections.abc import Sequence

from django.db import models

from contacts.models import CalendarAccount, Task
from contacts.services.calendar_account import JOB
from crm.audit.models import AuditEntry
from crm.jobs.services import enqueue


def written(written: Sequence[tuple[AuditEntry, models.Model]]) -> None:
    """A call or meeting was planned, changed or deleted: its owner's calendar follows. One in trouble waits."""
    owners = {
        obj.owner_id for _entry, obj in written if isinstance(obj, Task) and obj.starts_at and obj.owner_id
    }
    if not owners:
        return
    accounts = CalendarAccount.objects.filter(user__in=owners, user__is_active=True, writes=True, failures=0)
    for pk in accounts.exclude(calendar_url="").values_list("pk", flat=True):
        enqueue(JOB, pk)
