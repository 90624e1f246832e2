"""What the rest of the kernel tells this package, through AUDIT_LISTENERS and JOB_LISTENERS."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.conf import settings
from django.db import models
from django.utils.module_loading import import_string

from crm.audit.models import AuditEntry
from crm.jobs.models import Job
from crm.notifications.kinds import JOB
from crm.notifications.services.assigning import assignees_tell
from crm.notifications.services.following import remember_changes
from crm.notifications.services.notify import notify


def written(written: Sequence[tuple[AuditEntry, models.Model]]) -> None:
    """Tells new owners at once (of many records in one line), and queues what the followers are told."""
    assignees_tell(written)
    remember_changes(written)


@dataclass(frozen=True)
class JobNotice:
    """What the person who started a job is told of its end. JOB_NOTICES names the functions (job) -> JobNotice."""

    text: str
    url: str
    obj: models.Model | None = None


def job_ended(job: Job) -> None:
    """Tell whoever started it, if its kind of work is worth telling and has come to an end that they did not choose."""
    path = settings.JOB_NOTICES.get(job.name)
    if not path or job.actor is None or job.state == Job.State.CANCELLED:
        return
    notice_of: Callable[[Job], JobNotice | None] = import_string(path)
    notice = notice_of(job)
    if notice is not None:
        notify(user=job.actor, kind=JOB, text=notice.text, url=notice.url, obj=notice.obj)
