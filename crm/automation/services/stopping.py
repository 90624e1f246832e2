"""Switching an automation off because it cannot or should not go on, and telling the people it concerns."""

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from crm.access.grants import ADMINISTRATOR
from crm.audit.services import record
from crm.automation.choices import RunState
from crm.automation.models import Automation, AutomationRun, Event
from crm.automation.notices import AUTOMATION
from crm.notifications.services.notify import notify
from crm.staff.models import User


@transaction.atomic
def automation_stop(automation: Automation, reason: str) -> None:
    """Switch it off with its reason, end what waits, and tell its owner; whoever stops it second changes nothing."""
    now = timezone.now()
    stopped = Automation.objects.filter(pk=automation.pk, is_on=True).update(
        is_on=False, stopped_reason=reason, next_at=None, held_at=None, updated_at=now
    )
    automation.is_on, automation.stopped_reason = False, reason
    if not stopped:
        return
    runs_end(automation, reason)
    record(actor=None, action="automation.automation.stop", obj=automation, after={"reason": reason})
    for user in concerned(automation):
        text = _("Switched off: %(name)s. %(reason)s") % {"name": automation.name, "reason": reason}
        notify(user=user, kind=AUTOMATION, text=text, url=reverse("automation:record", args=[automation.pk]))


def runs_end(automation: Automation, reason: str) -> None:
    """What waits is not done any more."""
    Event.objects.filter(automation=automation).delete()
    waiting = AutomationRun.objects.filter(automation=automation, state__in=(RunState.WAITING, RunState.HELD))
    waiting.update(state=RunState.STOPPED, error=reason, finished_at=timezone.now())


def concerned(automation: Automation) -> list[User]:
    """Its owner; the administrators, if they are gone."""
    owner = User.objects.get(pk=automation.owner_id)
    if owner.is_active:
        return [owner]
    return list(User.objects.filter(is_active=True, roles__key=ADMINISTRATOR).distinct())
