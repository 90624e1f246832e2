"""Doing what is to be done: each action once, in the transaction of its mark.

A batch of runs is claimed and committed first, which counts the attempt. Then each action works for all of them in one
transaction that writes what it did and moves the runs on; a worker that dies leaves all of it or nothing.
"""

import logging
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import OperationalError, transaction
from django.db.models import F, Q
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _

from crm.automation.actions import Batch, Outcome, automation_actions
from crm.automation.choices import Cause, RunState, StepState
from crm.automation.errors import AutomationFault
from crm.automation.matching import check_automation, kind_of
from crm.automation.models import ActionRun, Automation, AutomationRun, AutomationVersion
from crm.automation.origin import Origin, caused_by
from crm.automation.services.stopping import automation_stop
from crm.records.errors import StaleRecord

log = logging.getLogger(__name__)
#: runs taken at once after so many attempts that ended with the worker; after the last the run has failed
SIZES = (1_000, 50, 1)
#: longer than a batch takes; a claim that is older belongs to a worker that is gone
STALE = timedelta(seconds=300)
Pks = Sequence[int]


def runs_execute() -> int:
    """Do the next batch of runs; return how many were taken, 0 when nothing waits."""
    claimed = runs_claim()
    if not claimed:
        return 0
    first = AutomationRun.objects.select_related("version", "automation__owner").get(pk=claimed[0])
    automation, version = first.automation, first.version
    try:
        if not automation.is_on or automation.deleted_at is not None:
            raise AutomationFault(_("It was switched off before its turn came."))
        check_automation(automation)
        for position in range(len(version.actions) + 1):
            step_take(automation, version, position, claimed)
    except AutomationFault as fault:
        automation_stop(automation, fault.text)
        runs_give_up(claimed, fault.text)
    return len(claimed)


@transaction.atomic
def runs_claim() -> list[int]:
    """Take waiting runs of one version, the oldest first, and count the attempt."""
    now = timezone.now()
    waiting = AutomationRun.objects.filter(
        Q(claimed_at=None) | Q(claimed_at__lt=now - STALE), state=RunState.WAITING
    ).order_by("pk")
    first = waiting.select_for_update(skip_locked=True).first()
    if first is None:
        return []
    if first.attempts >= len(SIZES):
        run_fail(first.pk, first.step, _("The worker died each time it was tried."))
        return [first.pk]
    alike = waiting.filter(version=first.version_id, attempts=first.attempts, chain=first.chain)
    pks = list(
        alike.select_for_update(skip_locked=True).values_list("pk", flat=True)[: SIZES[first.attempts]]
    )
    AutomationRun.objects.filter(pk__in=pks).update(attempts=F("attempts") + 1, claimed_at=now)
    return pks


def step_take(automation: Automation, version: AutomationVersion, position: int, pks: Pks) -> None:
    """One action for many runs; where it fails for all, by halves, until the one is found that it fails for."""
    try:
        step_apply(automation, version, position, pks)
    except (AutomationFault, OperationalError):
        raise
    except Exception as fault:
        if len(pks) > 1:
            half = len(pks) // 2
            step_take(automation, version, position, pks[:half])
            step_take(automation, version, position, pks[half:])
            return
        if not isinstance(fault, ValidationError | PermissionDenied | Http404 | StaleRecord):
            log.exception("run %s of automation %s failed", pks[0], automation.pk)
        run_fail(pks[0], position, words_of(fault))


@transaction.atomic
def step_apply(automation: Automation, version: AutomationVersion, position: int, pks: Pks) -> None:
    """One action with its mark. Position after the last ends the runs."""
    waiting = AutomationRun.objects.filter(pk__in=pks, state=RunState.WAITING, step=position)
    if position == len(version.actions):
        waiting.update(state=RunState.DONE, finished_at=timezone.now(), error="")
        return
    runs = list(waiting.select_for_update(skip_locked=True, of=("self",)).order_by("pk"))
    if not runs:
        return
    step = version.actions[position]
    outcomes = outcomes_of(automation, position, runs, step)
    ActionRun.objects.bulk_create(
        [
            ActionRun(
                run=run,
                position=position,
                action=step["action"],
                state=outcomes[run.pk].state,
                text=outcomes[run.pk].text,
            )
            for run in runs
        ],
        batch_size=1_000,
    )
    AutomationRun.objects.filter(pk__in=[run.pk for run in runs]).update(step=position + 1)


def outcomes_of(
    automation: Automation, position: int, runs: Sequence[AutomationRun], step: dict[str, object]
) -> dict[int, Outcome]:
    """For every run; those whose record is gone or hidden from the owner by now had nothing to do."""
    kind, action = kind_of(automation), automation_actions()[str(step["action"])]
    rows: Any = kind.model._default_manager.all() if automation.cause == Cause.DELETED else kind.rows()
    allowed = rows.visible_to(automation.owner).visible_to(automation.owner, action.verb)
    ids = {run.object_id for run in runs}
    found = allowed.filter(pk__in=ids).select_for_update(of=("self",)).order_by("pk")
    records = {row.pk: row for row in found}
    able = [run for run in runs if run.object_id in records]
    batch = Batch(automation, kind, position, able, records)
    origin = Origin((*runs[0].chain, automation.pk), kind.key, frozenset(records))
    with caused_by(origin):
        done = action.apply(batch, step["params"]) if able else {}  # type: ignore[arg-type]
    nothing = Outcome(_("Nothing to do."), StepState.SKIPPED)
    gone = Outcome(_("The record is gone, or its owner's rights do not reach it."), StepState.SKIPPED)
    return {run.pk: done.get(run.pk, nothing if run.object_id in records else replace(gone)) for run in runs}


@transaction.atomic
def run_fail(pk: int, position: int, reason: str) -> None:
    """The run ends here: what came before stays, what comes after is not done."""
    now = timezone.now()
    run = AutomationRun.objects.select_for_update().filter(pk=pk, state=RunState.WAITING).first()
    if run is None:
        return
    run.state, run.error, run.finished_at = RunState.FAILED, reason, now
    run.save(update_fields=["state", "error", "finished_at"])
    steps = run.version.actions
    if position < len(steps):
        ActionRun.objects.get_or_create(
            run=run,
            position=position,
            defaults={"action": steps[position]["action"], "state": StepState.FAILED, "text": reason},
        )


def runs_give_up(pks: Pks, reason: str) -> None:
    AutomationRun.objects.filter(pk__in=pks, state=RunState.WAITING).update(
        state=RunState.STOPPED, error=reason, finished_at=timezone.now()
    )


def words_of(fault: Exception) -> str:
    if isinstance(fault, ValidationError):
        return " ".join(fault.messages)
    if isinstance(fault, PermissionDenied | Http404):
        return _("Its owner may not do this.")
    if isinstance(fault, StaleRecord):
        return _("Somebody changed the record at the same moment.")
    return f"{type(fault).__name__}: {fault}"
