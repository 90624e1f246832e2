"""Imports as pages show them."""

from django.db.models import QuerySet

from crm.access.services import find
from crm.imports.choices import RunState
from crm.imports.models import ImportProblem, ImportRun
from crm.jobs.models import Job
from crm.jobs.selectors import newest_job
from crm.staff.models import User

JOBS = {"checking": "imports.check_import", "undoing": "imports.undo_import"}


def runs(user: User) -> QuerySet[ImportRun]:
    return ImportRun.objects.visible_to(user).select_related("actor").order_by("-id")


def run_find(user: User, pk: int) -> ImportRun:
    """Raises Http404 for a run this person may not see."""
    return find(ImportRun.objects.select_related("actor"), user, pk)


def run_job(run: ImportRun) -> Job | None:
    """The job that works on the run now."""
    return newest_job(JOBS.get(run.state, "imports.run_import"), run.pk) if run.is_open else None


def run_problems(run: ImportRun, limit: int) -> QuerySet[ImportProblem]:
    return run.problems.order_by("row", "id")[:limit]


def has_stopped(run: ImportRun) -> bool:
    """The check ended by a fault of ours, again and again: the columns can be matched anew."""
    job = run_job(run)
    return run.state == RunState.CHECKING and job is not None and job.state == job.State.DEAD
