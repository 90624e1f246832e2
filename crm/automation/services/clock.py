"""Waking automations by the clock, once each time; and finding work that the broker lost."""

from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone

from crm.automation.choices import Cause, DeliveryState, RunState
from crm.automation.clockwork import days_due, next_time
from crm.automation.models import Automation, AutomationRun, Event, WebhookDelivery
from crm.company.selectors import company, company_day
from crm.jobs.services import enqueue


def zone() -> ZoneInfo:
    return ZoneInfo(company().time_zone)


def tick() -> dict[str, int]:
    woken = 0
    while wake_one():
        woken += 1
    if Event.objects.exists() or AutomationRun.objects.filter(state=RunState.WAITING).exists():
        enqueue("automation.handle")
    open_states = (DeliveryState.PENDING, DeliveryState.SENDING)
    if WebhookDelivery.objects.filter(state__in=open_states, due_at__lte=timezone.now()).exists():
        enqueue("automation.deliver")
    return {"woken": woken}


@transaction.atomic
def wake_one() -> bool:
    """Write the event of one automation whose time has come, and when its next time is: in one transaction."""
    now = timezone.now()
    due = Automation.objects.filter(is_on=True, next_at__lte=now).order_by("next_at", "pk")
    automation = due.select_for_update(skip_locked=True).first()
    if automation is None:
        return False
    event = Event(kind=automation.kind, cause=automation.cause, automation=automation)
    if automation.cause == Cause.DATE:
        today = company_day(now)
        offset = int(automation.trigger.get("days", 0))
        event.first_on, event.last_on = days_due(offset, automation.day_on, today)
        automation.day_on = today
    event.save()
    automation.next_at = next_time(automation.trigger, now, zone())
    automation.save(update_fields=["next_at", "day_on"])
    return True
