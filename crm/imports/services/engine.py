"""Working through an import in chunks: rows and cursor move in one transaction, so a kill loses and doubles nothing."""

import time
from collections.abc import Callable

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from crm.imports.choices import RunState
from crm.imports.kinds import kind_of
from crm.imports.models import ImportBatch, ImportRun
from crm.imports.services.check import stage
from crm.imports.staging import Tables, are_staged
from crm.one_at_a_time import wait_for_turn

CHUNK_ROWS = 25_000
Report = Callable[[int, int], object]


def nothing(_done: int, _total: int) -> None:
    return None


def advance(run: ImportRun, *, seconds: float = float("inf"), report: Report = nothing) -> bool:
    """Work for about so many seconds; True when the run is at its end (or was cancelled)."""
    until = time.monotonic() + seconds
    if run.state == RunState.RUNNING and not are_staged(run):
        with transaction.atomic():
            stage(run)
    while chunk(run):
        report(run.cursor, run.end)
        if time.monotonic() > until:
            return False
    if run.state == RunState.RUNNING:
        finish(run, RunState.DONE)
    return True


@transaction.atomic
def chunk(run: ImportRun) -> bool:
    """Import the next rows; False when there are none or the run is no longer running."""
    kind = kind_of(run)
    lock(run)
    if run.state != RunState.RUNNING or run.cursor >= run.end:
        return False
    first, last = run.cursor + 1, min(run.cursor + min(CHUNK_ROWS, kind.most_rows), run.end)
    batch = ImportBatch(run=run, number=first)
    done = kind.apply(run, batch, first, last)
    batch.save()
    run.cursor = last
    run.created += done.created
    run.updated += done.updated
    run.unchanged += done.unchanged
    run.created_customers += done.customers
    run.save(update_fields=["cursor", "created", "updated", "unchanged", "created_customers"])
    return True


def take_file(run: ImportRun) -> None:
    """One command at a time for one file: the lock is the session's, so it dies with the process."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(hashtextextended(%s, 0))", [f"command:{run.fingerprint}"])
        if not cursor.fetchone()[0]:
            raise ValidationError(_("This file is being imported at this moment by another command."))


def lock(run: ImportRun) -> None:
    """One chunk at a time: of this run by its row, of all runs of this source by an advisory lock."""
    locked = ImportRun.objects.select_for_update().get(pk=run.pk)
    for field in ("state", "cursor", "created", "updated", "unchanged", "created_customers"):
        setattr(run, field, getattr(locked, field))
    wait_for_turn(f"import:{run.source}")


@transaction.atomic
def finish(run: ImportRun, state: RunState) -> None:
    """The end of a run: its tables go, and whoever computes from the records is woken."""
    lock(run)
    run.state, run.finished_at = state, timezone.now()
    run.save(update_fields=["state", "finished_at", "notes"])
    if run.created or run.updated:
        kind_of(run).changed(run)
    if state != RunState.CANCELLED:
        Tables(run).drop()


def undo_advance(run: ImportRun, *, seconds: float = float("inf"), report: Report = nothing) -> bool:
    """Take the run back, the newest batch first, for about so many seconds; True at the end."""
    until = time.monotonic() + seconds
    while undo_chunk(run):
        left = run.batches.exclude(created_ids=[]).count()
        report(run.batches.count() - left, run.batches.count())
        if time.monotonic() > until:
            return False
    if run.state == RunState.UNDOING:
        finish(run, RunState.UNDONE)
    return True


@transaction.atomic
def undo_chunk(run: ImportRun) -> bool:
    """Changed records first, then created ones batch by batch, last the customers that nothing hangs on any more."""
    kind = kind_of(run)
    run.notes = ImportRun.objects.select_for_update().get(pk=run.pk).notes
    lock(run)
    if run.state != RunState.UNDOING:
        return False
    batches = run.batches.order_by("-number")
    if run.befores.exists():
        run.notes += kind.undo_changes(run)
    elif batch := batches.exclude(created_ids=[]).first():
        run.notes += kind.undo_records(run, batch)
        batch.created_ids = []
        batch.save(update_fields=["created_ids"])
    elif batch := batches.exclude(customer_ids=[]).first():
        run.notes += kind.undo_customers(run, batch)
        batch.customer_ids = []
        batch.save(update_fields=["customer_ids"])
    else:
        return False
    run.save(update_fields=["notes"])
    return True
