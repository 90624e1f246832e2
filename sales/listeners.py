"""What sales hears of writes elsewhere (AUDIT_LISTENERS): what is planned and done about deals."""

from collections.abc import Sequence

from django.db import models

from contacts.models import Interaction, Task
from crm.audit.models import AuditEntry
from sales.services.deal_clock import DEAL, deals_touch, next_steps_keep

DONE = ("contacts.task.complete",)


def written(written: Sequence[tuple[AuditEntry, models.Model]]) -> None:
    """A to-do, call or meeting about a deal sets its next step; what was done about it keeps it from going stale."""
    about = [
        (entry, obj)
        for entry, obj in written
        if isinstance(obj, Task | Interaction) and obj.object_type == DEAL and obj.object_id
    ]
    if not about:
        return
    planned = {obj.object_id for _entry, obj in about if isinstance(obj, Task)}
    active = {obj.object_id for entry, obj in about if isinstance(obj, Interaction) or entry.action in DONE}
    next_steps_keep(pk for pk in planned if pk)
    deals_touch(pk for pk in active if pk)
