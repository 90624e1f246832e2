import threading
from collections.abc import Callable

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connections
from django.utils import timezone

from crm.audit.models import AuditEntry
from crm.jobs.control import job_cancel, job_retry
from crm.jobs.models import Job
from crm.jobs.services import claim, enqueue, recover_abandoned, run
from crm.staff.models import Team, User


def steps(job: Job) -> int:
    return Team.objects.filter(name__startswith=f"effect {job.pk} ").count()


@pytest.mark.django_db(transaction=True)
def test_a_job_that_runs_stops_at_its_next_report(rep: User) -> None:
    job = enqueue("sample.steps", 1, actor=rep, payload={"steps": 100, "ask_at": 4})
    run(job.pk)
    job.refresh_from_db()
    assert (job.state, steps(job), job.done) == ("cancelled", 5, 5)
    assert job.finished_at is not None


def test_a_job_that_waits_never_begins(rep: User) -> None:
    job = enqueue("sample.steps", 1, actor=rep, payload={"steps": 100})
    job_cancel(actor=rep, job=job)
    run(job.pk)
    job.refresh_from_db()
    assert (job.state, steps(job)) == ("cancelled", 0)
    assert AuditEntry.objects.get(action="jobs.job.cancel").actor == rep


def test_asking_twice_is_asking_once(rep: User) -> None:
    job = enqueue("sample.steps", 1, actor=rep, payload={"steps": 3})
    assert claim(job.pk)
    first = job_cancel(actor=rep, job=job).cancel_requested_at
    assert job_cancel(actor=rep, job=job).cancel_requested_at == first
    assert Job.objects.get(pk=job.pk).state == "running"


def test_a_worker_that_dies_does_not_begin_a_cancelled_job_again(rep: User) -> None:
    job = enqueue("sample.steps", 1, actor=rep, payload={"steps": 3})
    assert claim(job.pk)
    job_cancel(actor=rep, job=job)
    Job.objects.filter(pk=job.pk).update(heartbeat_at=None)
    recover_abandoned()
    assert Job.objects.get(pk=job.pk).state == "cancelled"


def test_work_that_must_not_stop_half_way_is_not_cancelled(
    rep: User, admin: User, unchanged: Callable[[], None]
) -> None:
    job = enqueue("sample.effect", 1, actor=rep)
    unchanged()
    with pytest.raises(ValidationError, match="half-way"):
        job_cancel(actor=admin, job=job)
    unchanged()


def test_strangers_steer_no_job_and_administrators_steer_all(
    rep: User, manager: User, admin: User, unchanged: Callable[[], None]
) -> None:
    job = enqueue("sample.steps", 1, actor=rep, payload={"steps": 3})
    unchanged()
    for verb in (job_cancel, job_retry):
        with pytest.raises(PermissionDenied):
            verb(actor=manager, job=job)
    unchanged()
    assert job_cancel(actor=admin, job=job).state == "cancelled"
    with pytest.raises(ValidationError, match="over"):
        job_cancel(actor=admin, job=job)


def test_a_dead_job_is_tried_again_from_the_start(rep: User) -> None:
    job = enqueue("sample.effect", 1, actor=rep)
    Job.objects.filter(pk=job.pk).update(
        state="dead", attempts=5, error="it broke", finished_at=timezone.now()
    )
    job_retry(actor=rep, job=job)
    run(job.pk)
    job.refresh_from_db()
    assert (job.state, job.attempts) == ("done", 1)
    assert AuditEntry.objects.get(action="jobs.job.retry").before["error"] == "it broke"


def test_what_did_not_fail_is_not_tried_again(rep: User, unchanged: Callable[[], None]) -> None:
    job = enqueue("sample.effect", 1, actor=rep)
    unchanged()
    with pytest.raises(ValidationError, match="failed"):
        job_retry(actor=rep, job=job)
    unchanged()


def test_work_that_waits_again_already_is_not_doubled(rep: User, unchanged: Callable[[], None]) -> None:
    dead = enqueue("sample.effect", 1, actor=rep)
    Job.objects.filter(pk=dead.pk).update(state="dead")
    enqueue("sample.effect", 1, actor=rep)
    unchanged()
    with pytest.raises(ValidationError, match="already"):
        job_retry(actor=rep, job=dead)
    unchanged()


@pytest.mark.django_db(transaction=True)
def test_of_two_who_try_again_at_once_one_does(rep: User) -> None:
    job = enqueue("sample.effect", 1, actor=rep)
    Job.objects.filter(pk=job.pk).update(state="dead")
    barrier, refused = threading.Barrier(2), []

    def again() -> None:
        barrier.wait()
        try:
            job_retry(actor=rep, job=job)
        except ValidationError as fault:
            refused.append(fault)
        connections.close_all()

    threads = [threading.Thread(target=again) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(refused) == 1
    assert AuditEntry.objects.filter(action="jobs.job.retry").count() == 1
