import os
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.http import Http404
from django.utils import timezone

from crm.jobs.files import folder, job_file_create, orphans_sweep
from crm.jobs.models import Job, JobFile
from crm.jobs.selectors import job_file_find
from crm.jobs.services import enqueue, run
from crm.staff.models import User


@pytest.fixture(autouse=True)
def _media(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def job(rep: User) -> Job:
    return enqueue("sample.effect", 1, actor=rep)


def names() -> set[str]:
    return {item.name for item in folder().iterdir()}


@pytest.mark.django_db(transaction=True)
def test_a_file_is_kept_under_a_name_that_tells_nothing(job: Job, rep: User) -> None:
    made = job_file_create(job, "customers.csv", lambda file: file.write(b"name\nAda\n"))
    assert made.size == 9
    assert "customers" not in made.file.name
    with job_file_find(rep, made.pk).file.open("rb") as file:
        assert file.read() == b"name\nAda\n"


@pytest.mark.django_db(transaction=True)
def test_a_job_that_runs_twice_leaves_one_file(job: Job) -> None:
    for text in (b"half", b"whole"):
        job_file_create(job, "list.csv", lambda file, text=text: file.write(text))
    (kept,) = JobFile.objects.all()
    assert kept.size == 5
    assert names() == {Path(kept.file.name).name}


@pytest.mark.django_db(transaction=True)
def test_a_fault_while_writing_leaves_nothing(job: Job) -> None:
    def fault(file: Any) -> None:
        file.write(b"half")
        raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        job_file_create(job, "list.csv", fault)
    assert (JobFile.objects.count(), names()) == (0, set())


def test_nobody_else_fetches_a_file_not_even_an_administrator(job: Job, admin: User, manager: User) -> None:
    made = job_file_create(job, "list.csv", lambda file: file.write(b"x"))
    for reader in (admin, manager):
        with pytest.raises(Http404):
            job_file_find(reader, made.pk)


@pytest.mark.django_db(transaction=True)
def test_what_expired_cannot_be_fetched_and_is_swept(job: Job, rep: User) -> None:
    made = job_file_create(job, "list.csv", lambda file: file.write(b"x"))
    kept = job_file_create(job, "other.csv", lambda file: file.write(b"y"))
    JobFile.objects.filter(pk=made.pk).update(expires_at=timezone.now())
    with pytest.raises(Http404):
        job_file_find(rep, made.pk)
    for _twice in range(2):
        run(enqueue("jobs.tidy").pk)
    assert list(JobFile.objects.all()) == [kept]
    assert names() == {Path(kept.file.name).name}


@pytest.mark.django_db(transaction=True)
def test_a_file_that_lost_its_row_goes_after_a_day(job: Job) -> None:
    job_file_create(job, "kept.csv", lambda file: file.write(b"x"))
    old, fresh = folder() / "old", folder() / "fresh"
    for path in (old, fresh):
        path.write_bytes(b"x")
    os.utime(old, (time.time() - 90_000,) * 2)
    assert orphans_sweep() == 1
    assert not old.exists()
    assert len(names()) == 2


@pytest.mark.django_db(transaction=True)
def test_jobs_that_ended_well_are_forgotten_and_the_failed_stay(rep: User) -> None:
    long_ago = timezone.now() - timedelta(days=91)
    for key, state in enumerate(("done", "cancelled", "dead")):
        Job.objects.create(name="sample.effect", key=key, state=state, finished_at=long_ago)
    run(enqueue("jobs.tidy").pk)
    assert set(Job.objects.filter(name="sample.effect").values_list("state", flat=True)) == {"dead"}
