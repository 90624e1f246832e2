"""Making, changing, switching and deleting automations: what people do with them."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from crm.access.services import require
from crm.audit.services import record
from crm.automation.choices import Cause, RunState
from crm.automation.clockwork import next_time
from crm.automation.errors import AutomationFault
from crm.automation.matching import check_automation, matching
from crm.automation.models import Automation, AutomationRun, AutomationVersion, Event, Match
from crm.automation.services.clock import zone
from crm.automation.services.stopping import runs_end
from crm.company.selectors import company_day
from crm.jobs.services import enqueue
from crm.records.errors import StaleRecord
from crm.records.services import write_changes, write_deletion, write_restoration
from crm.staff.models import User

WHAT = ("cause", "trigger", "rule", "actions")
MOST_ACTIONS = 20


@transaction.atomic
def automation_create(*, actor: User, values: Mapping[str, Any]) -> Automation:
    """`values`: name, kind, cause, trigger, rule, actions. It is off until somebody switches it on.

    Raises ValidationError where it could not be done.
    """
    require(actor, "automation.create_automation")
    automation = Automation(**values, owner=actor)
    check(automation)
    automation.save()
    version_write(actor, automation)
    record(actor=actor, action="automation.automation.create", obj=automation, after=told(values))
    return automation


def check(automation: Automation) -> None:
    if not automation.actions or len(automation.actions) > MOST_ACTIONS:
        raise ValidationError(_("An automation has one to %d actions.") % MOST_ACTIONS)
    try:
        check_automation(automation)
        matching(automation)
    except AutomationFault as fault:
        raise ValidationError(fault.text) from fault


def told(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if name in ("name", "cause", "is_on", "owner")}


def version_write(actor: User, automation: Automation) -> None:
    automation.number += 1
    Automation.objects.filter(pk=automation.pk).update(number=automation.number)
    AutomationVersion.objects.create(
        automation=automation,
        number=automation.number,
        name=automation.name,
        trigger={"cause": automation.cause, **automation.trigger},
        rule=automation.rule,
        actions=automation.actions,
        saved_by=actor,
    )


@transaction.atomic
def automation_edit(
    *, actor: User, automation: Automation, values: Mapping[str, Any], version: int
) -> Automation:
    """Change it and write a version. From now on it acts with the rights of whoever changed what it does.

    What waits ends by the version it began with; not with the rights of somebody else: then it is not done any more.
    Raises StaleRecord, ValidationError.
    """
    require(actor, "automation.edit_automation", automation)
    locked = lock(automation)
    if locked.version != version:
        raise StaleRecord(locked)
    changed = any(getattr(locked, name) != values.get(name, getattr(locked, name)) for name in WHAT)
    takes_over = changed or not locked.owner.is_active
    written = dict(values) | ({"owner": actor} if takes_over else {})
    draft = Automation(**{**{name: getattr(locked, name) for name in ("kind", "owner", *WHAT)}, **written})
    check(draft)
    was, other = locked.number, takes_over and locked.owner != actor
    write_changes(
        actor=actor, obj=locked, values=written, version=version, action="automation.automation.edit"
    )
    if locked.version != version:
        version_write(actor, locked)
    if locked.number != was and changed:
        begin_clock(locked)
    if other:
        runs_end(locked, _("Somebody else took it over before its turn came."))
        Automation.objects.filter(pk=locked.pk).update(held_at=None)
    return locked


def lock(automation: Automation) -> Automation:
    rows = Automation.objects.select_related("owner").select_for_update(of=("self",))
    return rows.get(pk=automation.pk)


def begin_clock(automation: Automation) -> None:
    """The clock begins anew: what it has seen under another rule or trigger counts no more."""
    Match.objects.filter(automation=automation).delete()
    Event.objects.filter(automation=automation).delete()
    wakes = automation.is_on and automation.cause in (Cause.DATE, Cause.SCHEDULE)
    now = timezone.now()
    automation.next_at = next_time(automation.trigger, now, zone()) if wakes else None
    # a day whose hour is over was seen; the others are made up for from here on
    automation.day_on = day_seen(automation) if wakes and automation.cause == Cause.DATE else None
    Automation.objects.filter(pk=automation.pk).update(next_at=automation.next_at, day_on=automation.day_on)


def day_seen(automation: Automation) -> Any:
    """The day before the one on which the clock wakes it first."""
    first = company_day(automation.next_at)
    return first.fromordinal(first.toordinal() - 1)


@transaction.atomic
def automation_switch(*, actor: User, automation: Automation, on: bool) -> Automation:
    """On: from now on, nothing that happened before. Off: what waits is not done. Raises ValidationError."""
    require(actor, "automation.switch_automation", automation)
    locked = lock(automation)
    if locked.is_on == on:
        return locked
    if on:
        check(locked)
    values: dict[str, Any] = {"is_on": on, "stopped_reason": ""}
    write_changes(actor=actor, obj=locked, values=values, version=None, action="automation.automation.switch")
    Automation.objects.filter(pk=locked.pk).update(
        on_since=timezone.now() if on else None, held_at=None, confirmed_until=None
    )
    locked.held_at = None
    if on:
        begin_clock(locked)
    else:
        Automation.objects.filter(pk=locked.pk).update(next_at=None)
        runs_end(locked, _("It was switched off before its turn came."))
    return locked


@transaction.atomic
def automation_delete(*, actor: User, automation: Automation) -> Automation:
    """Off, and out of sight; its log stays."""
    require(actor, "automation.delete_automation", automation)
    if lock(automation).is_on:
        automation_switch(actor=actor, automation=automation, on=False)
    return write_deletion(actor=actor, obj=lock(automation), action="automation.automation.delete")


@transaction.atomic
def automation_restore(*, actor: User, automation: Automation) -> Automation:
    """Back, and off."""
    require(actor, "automation.restore_automation", automation)
    return write_restoration(actor=actor, obj=lock(automation), action="automation.automation.restore")


@transaction.atomic
def automation_confirm(*, actor: User, automation: Automation, do_it: bool) -> Automation:
    """What waits because it is so much is done, or dropped; for an hour nothing more is asked."""
    require(actor, "automation.confirm_automation", automation)
    locked = lock(automation)
    held = AutomationRun.objects.filter(automation=locked, state=RunState.HELD)
    now = timezone.now()
    if do_it:
        count = held.update(state=RunState.WAITING)
        confirmed = now + timedelta(hours=1)
        transaction.on_commit(lambda: enqueue("automation.handle"))
    else:
        dropped = _("Dropped: it was not confirmed.")
        count = held.update(state=RunState.STOPPED, error=dropped, finished_at=now)
        confirmed = None
    Automation.objects.filter(pk=locked.pk).update(held_at=None, confirmed_until=confirmed)
    after = {"confirmed": do_it, "count": count}
    record(actor=actor, action="automation.automation.confirm", obj=locked, after=after)
    return locked
