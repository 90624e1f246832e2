"""What sales hears of writes elsewhere (AUDIT_LISTENERS): what is planned and done about deals."""

from collections.abc import Sequence

from django.db import models

from contacts.choices import Direction, InteractionKind
from contacts.models import Customer, Interaction, Task
from crm.audit.models import AuditEntry
from crm.jobs.services import enqueue
from sales.models import DiscountLimit
from sales.services.deal_clock import DEAL, deals_touch, next_steps_keep
from sales.services.lead_keep import leads_keep, leads_touch

DONE = ("contacts.task.complete",)


def written(written: Sequence[tuple[AuditEntry, models.Model]]) -> None:
    """Leads follow their customers, and deals what is planned and done about them, and limits of discounts.

    A to-do, call or meeting about a deal sets its next step; what was done about it keeps it from going stale.
    """
    leads(written)
    if any(isinstance(obj, DiscountLimit) for _entry, obj in written):
        enqueue("sales.flag_deals")
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


def leads(written: Sequence[tuple[AuditEntry, models.Model]]) -> None:
    """A status or an owner that a customer was given; a first call, meeting or mail by one of us."""
    changed = {
        obj.pk
        for entry, obj in written
        if isinstance(obj, Customer)
        and (obj.lead_status or "lead_status" in entry.after)
        and LEAD & entry.after.keys()
    }
    if changed:
        leads_keep(changed)
    touched = [
        obj
        for entry, obj in written
        if isinstance(obj, Interaction) and entry.action == CREATED and is_touch(obj)
    ]
    for entry in touched:
        leads_touch([entry.customer_id], entry.happened_at)


LEAD = {"lead_status", "owner", "team", "name"}
CREATED = "contacts.interaction.create"
TOUCHES = (InteractionKind.CALL, InteractionKind.MEETING, InteractionKind.EMAIL)


def is_touch(entry: Interaction) -> bool:
    """A call or mail to the customer, or a meeting: not what they sent, not a note."""
    return entry.kind in TOUCHES and entry.direction != Direction.INCOMING
