"""What people do with jobs: cancel what is under way, try again what failed."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from crm.audit.services import record
from crm.jobs.kinds import kind_of
from crm.jobs.models import Job
from crm.jobs.nudge import nudge
from crm.jobs.selectors import sees_all_jobs
from crm.staff.models import User


def may_steer(user: User, job: Job) -> bool:
    """Whoever asked for the job, and whoever may steer all jobs."""
    return job.actor_id == user.pk or sees_all_jobs(user, "edit")


def require_steering(user: User, job: Job) -> None:
    if not may_steer(user, job):
        raise PermissionDenied


@transaction.atomic
def job_cancel(*, actor: User, job: Job) -> Job:
    """A job that waits is taken out of the queue; one that runs is asked to stop and does so at its next report.

    Raises ValidationError for a job that is over or may not be stopped half-way.
    """
    require_steering(actor, job)
    if not kind_of(job).can_cancel:
        raise ValidationError(_("This work cannot be stopped half-way."))
    locked = Job.objects.select_for_update(of=("self",)).get(pk=job.pk)
    if locked.is_over:
        raise ValidationError(_("This job is over already."))
    before, now = locked.state, timezone.now()
    locked.cancel_requested_at = locked.cancel_requested_at or now
    if locked.state == Job.State.QUEUED:
        locked.state, locked.finished_at = Job.State.CANCELLED, now
    locked.save(update_fields=["state", "finished_at", "cancel_requested_at"])
    told = {"state": "cancelled"}
    record(actor=actor, action="jobs.job.cancel", obj=locked, before={"state": before}, after=told)
    return locked


@transaction.atomic
def job_retry(*, actor: User, job: Job) -> Job:
    """A dead job waits in the queue again, its attempts counted anew. Raises ValidationError."""
    require_steering(actor, job)
    locked = Job.objects.select_for_update(of=("self",)).get(pk=job.pk)
    if locked.state != Job.State.DEAD:
        raise ValidationError(_("Only a job that failed can be tried again."))
    locked.state, locked.attempts, locked.due_at = Job.State.QUEUED, 0, timezone.now()
    locked.finished_at = locked.cancel_requested_at = None
    fields = ["state", "attempts", "due_at", "finished_at", "cancel_requested_at"]
    try:
        with transaction.atomic():
            locked.save(update_fields=fields)
    except IntegrityError:
        raise ValidationError(_("The same work waits in the queue already.")) from None
    told = {"error": locked.error[:200], "state": "dead"}
    record(actor=actor, action="jobs.job.retry", obj=locked, before=told, after={"state": "queued"})
    transaction.on_commit(lambda: nudge(locked.pk))
    return locked
