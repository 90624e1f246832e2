"""The jobs of imports. Each runs for a minute or two, then queues its continuation."""

from typing import Any

from crm.imports import services
from crm.imports.choices import RunState
from crm.imports.models import ImportRun
from crm.jobs.models import Job
from crm.jobs.services import enqueue

SECONDS = 100.0


def run_of(job: Job) -> ImportRun:
    return ImportRun.objects.select_related("actor").get(pk=job.key or 0)


def check_import(job: Job) -> dict[str, Any] | None:
    run = run_of(job)
    if run.state == RunState.CHECKING:
        services.check(run)
    return {"rows": run.rows, "bad": run.bad}


def run_import(job: Job) -> dict[str, Any] | None:
    run = run_of(job)
    if not services.advance(run, seconds=SECONDS, report=job.report):
        enqueue("imports.run_import", run.pk, actor=run.actor)
    return {"created": run.created, "updated": run.updated}


def undo_import(job: Job) -> dict[str, Any] | None:
    run = run_of(job)
    if not services.undo_advance(run, seconds=SECONDS, report=job.report):
        enqueue("imports.undo_import", run.pk, actor=run.actor)
    return {"kept": len(run.notes)}
