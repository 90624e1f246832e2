"""Asking for an action on many records, doing it batch by batch, and taking it back."""

from collections.abc import Iterator
from itertools import islice
from time import monotonic
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Sum
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _

from crm.access.services import require
from crm.bulk.actions import ListAction, list_actions
from crm.bulk.models import BulkBatch, BulkRun
from crm.jobs.models import Job
from crm.jobs.selectors import newest_job
from crm.jobs.services import TryLater, enqueue
from crm.lists.state import read_state
from crm.records.kinds import Kind, kinds
from crm.staff.models import User

BATCH = 500
MOST_IDS = 5_000
#: a run that takes longer goes on in another task
SLICE_SECONDS = 120
#: so few records are changed in the request itself
AT_ONCE = 50


@transaction.atomic
def run_create(
    *, actor: User, kind: Kind, action: ListAction, params: dict[str, Any], selection: dict[str, Any]
) -> BulkRun:
    """Do it, or with many records write down what is to be done and let a job begin.

    All results of a list at once need the right to change in bulk. Raises ValidationError.
    """
    require(actor, kind.permission(action.verb))
    if "query" in selection:
        require(actor, kind.permission("bulk"))
    if "ids" in selection and not 0 < len(selection["ids"]) <= MOST_IDS:
        raise ValidationError(_("Select at least one record."))
    run = BulkRun.objects.create(
        kind=kind.key,
        action=action.key,
        params=params,
        selection=selection,
        words=action.words(actor, kind, params)[:300],
        actor=actor,
    )
    if len(selection.get("ids", ())) in range(1, AT_ONCE + 1):
        run_finish(run)
    else:
        enqueue("bulk.run", run.pk, actor=actor)
    return run


def run_stage(run: BulkRun) -> None:
    """Write down the selected records as batches, once: what the actor may see of the list at this moment."""
    if run.staged_at is not None:
        return
    with transaction.atomic():
        locked = BulkRun.objects.select_for_update(of=("self",)).select_related("actor").get(pk=run.pk)
        if locked.staged_at is None:  # no other worker was faster
            stage(locked)
    run.total, run.staged_at = locked.total, locked.staged_at


def stage(run: BulkRun) -> None:
    total = 0
    for number, part in enumerate(chunks(selected_ids(run), BATCH)):
        BulkBatch.objects.create(run=run, number=number, ids=part)
        total += len(part)
    run.total, run.staged_at = total, timezone.now()
    run.save(update_fields=["total", "staged_at"])


def selected_ids(run: BulkRun) -> Iterator[int]:
    """Raises ValidationError when the rule of the list cannot be asked any more: then nothing is done."""
    kind = kinds()[run.kind]
    verb = list_actions()[run.action].verb
    if "ids" in run.selection:
        rows = kind.visible(run.actor, verb).filter(pk__in=run.selection["ids"])
    else:
        state = read_state(kind, run.actor, QueryDict(run.selection["query"]))
        if state.rule_error:
            raise ValidationError(state.rule_error)
        allowed = [kind.visible(run.actor, action).values("pk") for action in (verb, "bulk")]
        rows = state.rows().visible_to(run.actor).filter(pk__in=allowed[0]).filter(pk__in=allowed[1])
    return iter(rows.order_by("pk").values_list("pk", flat=True).iterator(chunk_size=10_000))


def chunks(ids: Iterator[int], size: int) -> Iterator[list[int]]:
    while part := list(islice(ids, size)):
        yield part


def run_continue(run: BulkRun, job: Job) -> dict[str, Any]:
    """Do the batches that wait, each in a transaction of its own; a run that was stopped goes on where it was."""
    if run.undo_asked_at is not None:  # a job that had failed was tried again after the undo
        return counts(run)
    run_stage(run)
    job.report(done_rows(run), run.total)
    until = monotonic() + SLICE_SECONDS
    for pk in waiting_batches(run):
        batch_apply(run, pk)
        job.report(done_rows(run))
        make_room(until)
    return run_end(run)


def make_room(until: float) -> None:
    """A long run goes on in another task, so that none comes near its time limit."""
    if monotonic() > until:
        raise TryLater(0)


def run_finish(run: BulkRun) -> None:
    """A run over few records, without a job."""
    run_stage(run)
    for pk in waiting_batches(run):
        batch_apply(run, pk)
    run_end(run)


def waiting_batches(run: BulkRun) -> list[int]:
    return list(run.batches.filter(state=BulkBatch.State.WAITING).values_list("pk", flat=True))


def run_end(run: BulkRun) -> dict[str, int]:
    run.finished_at = run.finished_at or timezone.now()
    run.save(update_fields=["finished_at"])
    return counts(run)


def done_rows(run: BulkRun) -> int:
    waiting = run.batches.filter(state=BulkBatch.State.WAITING).values_list("ids__len", flat=True)
    return int(run.total - sum(waiting))


@transaction.atomic
def batch_apply(run: BulkRun, pk: int) -> None:
    """Change the rows of a batch that are still there and still allowed; done twice is done once."""
    batch = BulkBatch.objects.select_for_update().get(pk=pk)
    if batch.state != BulkBatch.State.WAITING:
        return
    kind, action = kinds()[run.kind], list_actions()[run.action]
    rows = kind.visible(run.actor, action.verb).filter(pk__in=batch.ids).order_by("pk")
    locked = list(rows.select_for_update(of=("self",)))
    before = action.apply(actor=run.actor, kind=kind, rows=locked, params=run.params)
    batch.before = {str(key): value for key, value in before.items()}
    batch.changed, batch.skipped = len(before), len(batch.ids) - len(before)
    batch.state = BulkBatch.State.DONE
    batch.save(update_fields=["before", "changed", "skipped", "state"])


@transaction.atomic
def run_ask_undo(*, actor: User, run: BulkRun) -> BulkRun:
    """Let a job set everything back that is still as the run left it. Raises ValidationError."""
    locked = BulkRun.objects.select_for_update().get(pk=run.pk)
    action = list_actions()[locked.action]
    if not action.can_undo:
        raise ValidationError(_("This cannot be undone."))
    if locked.undo_asked_at is not None:
        raise ValidationError(_("This is being undone already."))
    if is_at_work(locked):
        raise ValidationError(_("It is not over yet. Cancel it first, or wait for its end."))
    locked.undo_asked_at = timezone.now()
    locked.save(update_fields=["undo_asked_at"])
    if locked.total <= AT_ONCE:
        for pk in batches_to_undo(locked):
            batch_undo(locked, pk)
        undo_end(locked)
    else:
        enqueue("bulk.undo", locked.pk, actor=actor)
    return locked


def is_at_work(run: BulkRun) -> bool:
    """A job does it, or is going to: what it changes after the undo nobody would take back."""
    job = newest_job("bulk.run", run.pk)
    return job is not None and not job.is_over


def run_undo(run: BulkRun, job: Job) -> dict[str, Any]:
    """Take the batches back, the last first."""
    pks, until = batches_to_undo(run), monotonic() + SLICE_SECONDS
    undone, count = run.batches.filter(state=BulkBatch.State.UNDONE).count(), run.batches.count()
    for index, pk in enumerate(pks):
        batch_undo(run, pk)
        job.report(undone + index + 1, count)
        make_room(until)
    return undo_end(run)


def batches_to_undo(run: BulkRun) -> list[int]:
    done = run.batches.filter(state=BulkBatch.State.DONE).order_by("-number")
    return list(done.values_list("pk", flat=True))


def undo_end(run: BulkRun) -> dict[str, int]:
    run.undone_at = run.undone_at or timezone.now()
    run.save(update_fields=["undone_at"])
    return counts(run)


@transaction.atomic
def batch_undo(run: BulkRun, pk: int) -> None:
    batch = BulkBatch.objects.select_for_update().get(pk=pk)
    if batch.state != BulkBatch.State.DONE:
        return
    before = {int(key): value for key, value in batch.before.items()}
    kind, action = kinds()[run.kind], list_actions()[run.action]
    undone = action.undo(actor=run.actor, kind=kind, before=before, params=run.params) if before else set()
    batch.kept, batch.state = len(before) - len(undone), BulkBatch.State.UNDONE
    batch.save(update_fields=["kept", "state"])


def counts(run: BulkRun) -> dict[str, int]:
    """How many records were changed, left as they were, and could not be set back."""
    found = run.batches.aggregate(changed=Sum("changed"), skipped=Sum("skipped"), kept=Sum("kept"))
    return {key: value or 0 for key, value in found.items()}
