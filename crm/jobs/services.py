"""Putting work into the queue, running it, and finding what was lost."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.module_loading import import_string

from crm.company.selectors import company, forget_company
from crm.jobs.models import MAX_ATTEMPTS, Job, JobCancelled
from crm.jobs.nudge import nudge
from crm.kept import forget_all
from crm.staff.models import User

log = logging.getLogger(__name__)
JOB_LOCK = 7_101  # the first half of the advisory lock's key
JobFunction = Callable[[Job], dict[str, Any] | None]


class TryLater(Exception):
    """Raised by a job's function to be run again after `seconds` without counting as a failure."""

    def __init__(self, seconds: int) -> None:
        super().__init__(f"again in {seconds} s")
        self.seconds = seconds


def job_function(name: str) -> JobFunction:
    """`analytics.value_refresh` -> analytics.tasks.value_refresh. Raises LookupError for an unknown app."""
    label, _dot, function = name.partition(".")
    found: JobFunction = import_string(f"{apps.get_app_config(label).name}.tasks.{function}")
    return found


def enqueue(
    name: str, key: int | None = None, *, actor: User | None = None, payload: dict[str, Any] | None = None
) -> Job:
    """Write the job's row in the caller's transaction and nudge Celery after commit.

    The same work queued twice and not yet begun is one row.
    """
    job_function(name)
    with transaction.atomic():
        return enqueued(name, key, actor, payload or {})


def enqueued(name: str, key: int | None, actor: User | None, payload: dict[str, Any]) -> Job:
    try:
        with transaction.atomic():
            job = Job.objects.create(name=name, key=key, actor=actor, payload=payload)
    except IntegrityError:
        # locked, so that no worker begins it before what this transaction writes can be seen
        waiting = Job.objects.select_for_update().filter(name=name, key=key, state=Job.State.QUEUED).first()
        if waiting is None:
            return enqueued(name, key, actor, payload)
        job = waiting
    transaction.on_commit(lambda: nudge(job.pk))
    return job


def claim(pk: int) -> Job | None:
    """Take a queued job by compare-and-swap; the attempt is counted before the work begins."""
    with transaction.atomic():
        job = (
            Job.objects.select_for_update(skip_locked=True)
            .filter(pk=pk, state=Job.State.QUEUED, due_at__lte=timezone.now())
            .first()
        )
        if job is None:
            return None
        job.state, job.heartbeat_at = Job.State.RUNNING, timezone.now()
        job.attempts += 1
        job.save(update_fields=["state", "heartbeat_at", "attempts"])
        return job


def run(pk: int) -> None:
    """Run one job to its end. While it runs, its session holds an advisory lock that dies with the worker."""
    forget_all()
    forget_company()
    job = claim(pk)
    if job is None:
        return
    with held(job) as alone:
        if not alone:
            return
        company()  # what the job writes for people follows the company's numbers and days
        try:
            result = job_function(job.name)(job)
        except TryLater as later:
            requeue(job, timezone.now() + timedelta(seconds=later.seconds), attempts=job.attempts - 1)
        except JobCancelled:
            finish(job, Job.State.CANCELLED)
        except ValidationError as refusal:  # it would be refused again, too
            finish(job, Job.State.DEAD, error=" ".join(refusal.messages))
        except Exception as fault:  # a job must never take the worker down; the row keeps what happened
            log.exception("job %s failed", job)
            failed(job, fault)
        else:
            finish(job, Job.State.DONE, result=result or {})


@contextmanager
def held(job: Job) -> Iterator[bool]:
    """A session-level advisory lock on the job: no two workers run it, and a dead worker lets go of it."""
    key = [JOB_LOCK, job.pk % 2**31]
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", key)
        alone: bool = cursor.fetchone()[0]
    try:
        yield alone
    finally:
        if alone:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s, %s)", key)


@transaction.atomic
def finish(job: Job, state: str, *, result: dict[str, Any] | None = None, error: str = "") -> None:
    """End a running job, once, and tell JOB_LISTENERS in the same transaction."""
    values: dict[str, Any] = {"state": state, "result": result or {}, "error": error}
    if Job.objects.filter(pk=job.pk, state=Job.State.RUNNING).update(**values, finished_at=timezone.now()):
        for name, value in values.items():
            setattr(job, name, value)
        tell_listeners(job)


def tell_listeners(job: Job) -> None:
    """A listener that fails must not keep the job from ending."""
    for path in settings.JOB_LISTENERS:
        try:
            with transaction.atomic():
                import_string(path)(job)
        except Exception:
            log.exception("%s failed for job %s", path, job)


def failed(job: Job, fault: Exception) -> None:
    """Try again with growing pauses; after MAX_ATTEMPTS the row is dead and waits for a person."""
    error = f"{type(fault).__name__}: {fault}"
    if job.attempts >= MAX_ATTEMPTS:
        finish(job, Job.State.DEAD, error=error)
    else:
        requeue(job, timezone.now() + timedelta(seconds=5 * 2**job.attempts), error=error)


def requeue(job: Job, due_at: Any, *, attempts: int | None = None, error: str = "") -> None:
    """Back into the queue, unless it was to be cancelled or the same work waits there: then this row is done with."""
    if job.is_cancelled():
        finish(job, Job.State.CANCELLED, error=error)
        return
    values: dict[str, Any] = {"state": Job.State.QUEUED, "due_at": due_at, "error": error}
    if attempts is not None:
        values["attempts"] = attempts
    try:
        with transaction.atomic():
            Job.objects.filter(pk=job.pk, state=Job.State.RUNNING).update(**values)
    except IntegrityError:
        finish(job, Job.State.CANCELLED, error=error or "The same work was queued again.")


def sweep() -> int:
    """Find what the broker or a dead worker lost; return how many jobs were nudged."""
    recover_abandoned()
    due = Job.objects.filter(state=Job.State.QUEUED, due_at__lte=timezone.now()).order_by("due_at", "id")
    found = list(due.values_list("pk", flat=True)[:500])
    for pk in found:
        nudge(pk)
    return len(found)


def recover_abandoned() -> None:
    """Running jobs without a sign of life whose lock nobody holds go back into the queue or die."""
    silent_since = timezone.now() - timedelta(seconds=settings.JOB_STALE_SECONDS)
    silent = Q(heartbeat_at__lt=silent_since) | Q(heartbeat_at=None)
    for job in Job.objects.filter(silent, state=Job.State.RUNNING):
        with held(job) as alone:
            if not alone:
                continue
            if job.attempts >= MAX_ATTEMPTS:
                finish(job, Job.State.DEAD, error="The worker died while running it.")
            else:
                requeue(job, timezone.now(), error="The worker died while running it.")
