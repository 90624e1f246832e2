"""Runs that a person asks for: what the automation waits for did not happen, its rule holds all the same."""

from collections.abc import Sequence

from django.db import transaction

from crm.access.services import require
from crm.automation.choices import RunState
from crm.automation.errors import AutomationFault
from crm.automation.matching import check_automation, matching_ids
from crm.automation.models import Automation, AutomationRun, AutomationVersion, Event
from crm.automation.services.stopping import automation_stop
from crm.jobs.services import enqueue
from crm.staff.models import User


@transaction.atomic
def event_reserve() -> int:
    """The key of an event that stands for one asking; nobody ever sees the row."""
    event = Event.objects.create(kind="", cause="")
    pk = event.pk
    event.delete()
    return pk


@transaction.atomic
def runs_ask(*, actor: User, automation: Automation, event_id: int, ids: Sequence[int]) -> set[int]:
    """Write a run for each of these records that the rule matches, once for the event; returns their keys.

    The person has said that so many are meant: they wait for a confirmation only if all of its runs do. One that
    cannot be done any more is switched off, as if it had run by itself.
    """
    require(actor, "automation.run_automation", automation)
    try:
        check_automation(automation)
        matched = matching_ids(automation, ids)
    except AutomationFault as fault:
        automation_stop(automation, fault.text)
        return set()
    version = AutomationVersion.objects.get(automation=automation, number=automation.number)
    state = RunState.HELD if automation.held_at else RunState.WAITING
    runs = [
        AutomationRun(
            automation=automation,
            version=version,
            event_id=event_id,
            kind=automation.kind,
            object_id=pk,
            cause=automation.cause,
            asked_by=actor,
            state=state,
        )
        for pk in sorted(matched)
    ]
    AutomationRun.objects.bulk_create(runs, ignore_conflicts=True, batch_size=1_000)
    transaction.on_commit(lambda: enqueue("automation.handle"))
    return matched
