"""From what happened to what is to be done: events become runs, in batches, each in one transaction."""

import logging
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import DataError, ProgrammingError, transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from crm.automation.choices import Cause, RunState
from crm.automation.errors import AutomationFault
from crm.automation.matching import check_automation, dated, kind_of, matching, matching_ids
from crm.automation.models import Automation, AutomationRun, AutomationVersion, Event, Match
from crm.automation.notices import AUTOMATION
from crm.automation.services.stopping import automation_stop
from crm.automation.triggers import is_waited_for
from crm.notifications.services.notify import notify

log = logging.getLogger(__name__)
BATCH = 1_000
#: how often an automation may stand in the chain of causes before it is a circle, and how long a chain may be
REPEATS = 2
LONGEST_CHAIN = 8
#: so many circles in a day switch an automation off
CIRCLES = 3


def events_expand() -> int:
    """Take some events; return 0 when nothing waits."""
    return heard_expand() or clock_expand()


# --- what the audit trail told --------------------------------------------------------------------------------


@transaction.atomic
def heard_expand() -> int:
    waiting = Event.objects.filter(automation=None).order_by("pk")
    events = list(waiting.select_for_update(skip_locked=True)[:BATCH])
    if not events:
        return 0
    for automation in listening({event.kind for event in events}):
        heard = [event for event in events if event.kind == automation.kind]
        with stopping(automation):
            automation_take(automation, heard)
    Event.objects.filter(pk__in=[event.pk for event in events]).delete()
    return len(events)


@contextmanager
def stopping(automation: Automation) -> Iterator[None]:
    """What cannot be asked for one automation stops that one, and none beside it."""
    try:
        with transaction.atomic():
            yield
    except AutomationFault as fault:
        automation_stop(automation, fault.text)
    except (DataError, ProgrammingError):
        log.exception("the rule of automation %s", automation.pk)
        automation_stop(automation, _("The database cannot ask its rule."))


def listening(names: set[str]) -> QuerySet[Automation]:
    """The automations that are on for these kinds, each with its owner as they are now."""
    found = Automation.objects.filter(is_on=True, kind__in=names)
    return found.exclude(cause__in=(Cause.DATE, Cause.SCHEDULE)).select_related("owner").order_by("pk")


def automation_take(automation: Automation, events: Sequence[Event]) -> None:
    """Write a run for each event that the trigger speaks of, where the rule holds."""
    kind = kind_of(automation)
    waited = [
        event
        for event in events
        if (automation.on_since is None or event.at >= automation.on_since)
        and not (event.is_own and event.chain[-1:] == [automation.pk])
        and is_waited_for(kind, automation.owner, automation.cause, automation.trigger, event)
    ]
    if not waited:
        return
    check_automation(automation)
    ids = matching_ids(automation, {event.object_id for event in waited if event.object_id})
    runs_write(automation, [(event, event.object_id or 0) for event in waited if event.object_id in ids])


# --- what the clock asked for ------------------------------------------------------------------------------------


@transaction.atomic
def clock_expand() -> int:
    """One batch of the records of one event of the clock, from where the last batch ended."""
    waiting = (
        Event.objects.filter(automation__isnull=False).select_related("automation__owner").order_by("pk")
    )
    event = waiting.select_for_update(skip_locked=True, of=("self",)).first()
    if event is None or event.automation is None:
        return 0
    with stopping(event.automation):
        clock_take(event.automation, event)
    return 1


def clock_take(automation: Automation, event: Event) -> None:
    ids = clock_ids(automation, event)
    runs_write(automation, [(event, pk) for pk in ids])
    if len(ids) < BATCH:
        event.delete()
    else:
        Event.objects.filter(pk=event.pk).update(cursor=ids[-1])


def clock_ids(automation: Automation, event: Event) -> list[int]:
    check_automation(automation)
    rows = matching(automation)
    if event.first_on and event.last_on:
        rows = rows.filter(
            dated(
                kind_of(automation),
                automation.owner,
                automation.trigger["field"],
                event.first_on,
                event.last_on,
            )
        )
    elif not automation.trigger.get("again"):
        rows = rows.exclude(pk__in=newly(automation, event, rows))
    ids = list(rows.filter(pk__gt=event.cursor).order_by("pk").values_list("pk", flat=True)[:BATCH])
    if not event.first_on and not automation.trigger.get("again"):
        Match.objects.bulk_create([Match(automation=automation, object_id=pk) for pk in ids])
    return ids


def newly(automation: Automation, event: Event, rows: QuerySet[Any]) -> QuerySet[Match, int]:
    """The records that matched before already; those that do not match any more are forgotten first."""
    seen = Match.objects.filter(automation=automation)
    if event.cursor == 0:
        seen.exclude(object_id__in=rows.order_by().values("pk")).delete()
    return seen.values_list("object_id", flat=True)


# --- the runs ----------------------------------------------------------------------------------------------------


def runs_write(automation: Automation, found: Sequence[tuple[Event, int]]) -> None:
    """One run per event and record. What goes in a circle is written down and not done."""
    if not found:
        return
    version = AutomationVersion.objects.get(automation=automation, number=automation.number)
    circles = [is_circle(automation, event) for event, _pk in found]
    state = state_of_new(automation, circles.count(False))
    now = timezone.now()
    runs = [
        AutomationRun(
            automation=automation,
            version=version,
            event_id=event.pk,
            kind=automation.kind,
            object_id=pk,
            cause=automation.cause,
            entry_id=event.entry_id,
            chain=event.chain,
            state=RunState.CIRCLE if circle else state,
            error=chain_words([*event.chain, automation.pk]) if circle else "",
            finished_at=now if circle else None,
        )
        for (event, pk), circle in zip(found, circles, strict=True)
    ]
    AutomationRun.objects.bulk_create(runs, ignore_conflicts=True, batch_size=1_000)
    if any(circles):
        circles_judge(automation)


def is_circle(automation: Automation, event: Event) -> bool:
    return event.chain.count(automation.pk) >= REPEATS or len(event.chain) >= LONGEST_CHAIN


def chain_words(chain: Iterable[int]) -> str:
    names = dict(Automation.objects.filter(pk__in=set(chain)).values_list("pk", "name"))
    return _("It goes in a circle: %s.") % " → ".join(names.get(pk, "?") for pk in chain)


def circles_judge(automation: Automation) -> None:
    """Switch off what went in circles again and again."""
    since = timezone.now() - timedelta(days=1)
    circles = AutomationRun.objects.filter(
        automation=automation, created_at__gte=since, state=RunState.CIRCLE
    )
    if automation.on_since:
        circles = circles.filter(created_at__gte=automation.on_since)
    newest = list(circles.order_by("-id").values_list("error", flat=True)[:CIRCLES])
    if len(newest) >= CIRCLES:
        automation_stop(automation, newest[0])


def state_of_new(automation: Automation, count: int) -> RunState:
    """More runs in an hour than is usual wait until a person says that this is meant."""
    now = timezone.now()
    if automation.held_at is not None:
        return RunState.HELD
    if not count or (automation.confirmed_until and automation.confirmed_until > now):
        return RunState.WAITING
    lock_rate(automation)
    lately = AutomationRun.objects.filter(
        automation=automation, created_at__gte=now - timedelta(hours=1), asked_by=None
    ).exclude(state=RunState.CIRCLE)
    if lately.count() + count <= settings.AUTOMATION_RUNS_PER_HOUR:
        return RunState.WAITING
    automation_hold(automation)
    return RunState.HELD


def lock_rate(automation: Automation) -> None:
    """Two workers do not count the same automation at once; let go of at the end of the transaction."""
    Automation.objects.select_for_update(no_key=True).get(pk=automation.pk)


def automation_hold(automation: Automation) -> None:
    automation.held_at = timezone.now()
    if not Automation.objects.filter(pk=automation.pk, held_at=None).update(held_at=automation.held_at):
        return
    text = _("Waits for your word: %(name)s would run more than %(count)s times in an hour.") % {
        "name": automation.name,
        "count": settings.AUTOMATION_RUNS_PER_HOUR,
    }
    url = reverse("automation:record", args=[automation.pk])
    notify(user=automation.owner, kind=AUTOMATION, text=text, url=url)
