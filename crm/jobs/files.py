"""Files that jobs make: written beside the database, found through its rows, gone after some days."""

import os
import tempfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import IO

from django.conf import settings
from django.core.files import File
from django.db import transaction
from django.utils import timezone

from crm.jobs.models import Job, JobFile

KEPT = timedelta(days=7)
FORGOTTEN = timedelta(days=90)
BATCH = 1_000
ORPHAN_SECONDS = 24 * 3600


def job_file_create(
    job: Job, name: str, write: Callable[[IO[bytes]], object], *, kept: timedelta = KEPT
) -> JobFile:
    """Let `write` fill a file that only the job's actor may fetch. Made again (a job may run twice), it replaces it."""
    with tempfile.TemporaryFile(dir=folder()) as content:
        write(content)
        size = content.tell()
        content.seek(0)
        made = JobFile(job=job, name=name[:200], size=size, expires_at=timezone.now() + kept)
        made.file.save(name, File(content), save=False)
    with transaction.atomic():
        Job.objects.select_for_update(of=("self",)).get(
            pk=job.pk
        )  # two runs of the job do not both put a file
        before = JobFile.objects.filter(job=job, name=made.name)
        forgotten = [str(row.file.name) for row in before]
        before.delete()
        made.save()
        transaction.on_commit(lambda: remove_files(forgotten))
    return made


def folder() -> Path:
    found = Path(settings.MEDIA_ROOT) / "jobs"
    found.mkdir(parents=True, exist_ok=True)
    return found


def remove_files(names: list[str]) -> None:
    for name in names:
        JobFile._meta.get_field("file").storage.delete(name)


def files_sweep() -> int:
    """Remove what expired, rows first: no row ever names a file that is gone. Return how many."""
    expired = list(JobFile.objects.filter(expires_at__lte=timezone.now())[:BATCH])
    JobFile.objects.filter(pk__in=[row.pk for row in expired]).delete()
    remove_files([str(row.file.name) for row in expired])
    return len(expired)


def orphans_sweep() -> int:
    """Remove files without a row, left by a process that died between the two."""
    old = timezone.now().timestamp() - ORPHAN_SECONDS
    found = {f"jobs/{item.name}" for item in os.scandir(folder()) if item.stat().st_mtime < old}
    orphans = found - set(JobFile.objects.filter(file__in=found).values_list("file", flat=True))
    remove_files(sorted(orphans))
    return len(orphans)


def jobs_sweep() -> int:
    """Forget jobs that ended well long ago; the failed stay until somebody looks. Return how many."""
    over = (Job.State.DONE, Job.State.CANCELLED)
    old = Job.objects.filter(state__in=over, finished_at__lt=timezone.now() - FORGOTTEN, files=None)
    count, _by_model = Job.objects.filter(pk__in=list(old.values_list("pk", flat=True)[:BATCH])).delete()
    return count
