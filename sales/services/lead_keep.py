"""Keeping the row of a lead from what is written of its customer: status, owner, the first touch."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from contacts.choices import LeadStatus
from contacts.models import Customer
from crm.calendars.arithmetic import NeverOpen
from crm.calendars.selectors import working_time
from sales.models import Lead, LeadPolicy

UNTOUCHED = {"touched_at": None, "touch_minutes": None, "reason": ""}


def policy() -> LeadPolicy:
    return LeadPolicy.objects.filter(pk=1).first() or LeadPolicy()


def touch_due(came_at: datetime) -> datetime | None:
    """When the first touch is due, in business hours; None where nobody ever works."""
    try:
        return working_time().add(came_at, timedelta(minutes=policy().first_touch_minutes))
    except NeverOpen:
        return None


@transaction.atomic
def leads_keep(pks: Iterable[int]) -> None:
    """Make the leads of these customers what their customers say: a new one gets a clock, owners are taken over."""
    customers = {row.pk: row for row in Customer.objects.filter(pk__in=set(pks))}
    rows = Lead.objects.filter(pk__in=customers).order_by("pk")
    known = {lead.pk: lead for lead in rows.select_for_update(of=("self",))}
    fresh = [row for pk, row in customers.items() if pk not in known and row.lead_status]
    begin(fresh)
    changed = defaultdict(list)
    for pk, lead in known.items():
        if names := follow(lead, customers[pk]):
            changed[names].append(lead)
    for names, leads in changed.items():
        Lead.objects.bulk_update(leads, (*names, "version", "updated_at"), batch_size=1_000)


def begin(customers: Sequence[Customer]) -> None:
    now = timezone.now()
    due_at = touch_due(now) if customers else None
    rows = [
        Lead(
            customer=customer,
            status=customer.lead_status,
            source=customer.source,
            owner_id=customer.owner_id,
            team_id=customer.team_id,
            came_at=now,
            due_at=due_at,
        )
        for customer in customers
    ]
    Lead.objects.bulk_create(rows, batch_size=1_000)


def follow(lead: Lead, customer: Customer) -> tuple[str, ...]:
    """What the customer's say changes on the lead. Back in the working list, its clock starts anew."""
    status = customer.lead_status or LeadStatus.DISQUALIFIED
    wanted: dict[str, Any] = {"status": status, "owner_id": customer.owner_id, "team_id": customer.team_id}
    if lead.is_waiting is False and status == LeadStatus.NEW:
        now = timezone.now()
        wanted |= {"came_at": now, "due_at": touch_due(now), **UNTOUCHED}
    names = tuple(name for name, value in wanted.items() if getattr(lead, name) != value)
    if names:
        for name in names:
            setattr(lead, name, wanted[name])
        lead.version, lead.updated_at = lead.version + 1, timezone.now()
    return tuple(name.removesuffix("_id") for name in names)


def leads_touch(pks: Iterable[int], at: datetime) -> None:
    """Somebody turned to these customers for the first time: a new lead is being worked on from now on."""
    waiting = Lead.objects.filter(
        pk__in=set(pks), touched_at=None, status__in=(LeadStatus.NEW, LeadStatus.WORKING)
    )
    for lead in waiting:
        spent = working_time().between(lead.came_at, max(at, lead.came_at))
        Customer.objects.filter(pk=lead.pk, lead_status=LeadStatus.NEW).update(lead_status=LeadStatus.WORKING)
        Lead.objects.filter(pk=lead.pk).update(
            touched_at=max(at, lead.came_at),
            touch_minutes=int(spent.total_seconds() // 60),
            status=LeadStatus.WORKING,
            version=lead.version + 1,
            updated_at=timezone.now(),
        )
