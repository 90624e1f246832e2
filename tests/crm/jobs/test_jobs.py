import os
import socket
import subprocess
import sys
import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from celery import Celery
from django.db import connection, connections, transaction
from django.utils import timezone

from crm.jobs.models import MAX_ATTEMPTS, Job
from crm.jobs.services import claim, enqueue, run, sweep
from crm.staff.models import Team
from tests.sample.tasks import may_end, started


def effects() -> int:
    return Team.objects.filter(name__startswith="effect").count()


@pytest.mark.django_db(transaction=True)
def test_a_job_runs_once_however_often_it_is_delivered() -> None:
    job = enqueue("sample.effect")
    run(job.pk)
    run(job.pk)
    assert effects() == 1
    assert Job.objects.get(pk=job.pk).state == "done"


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_have_one_effect() -> None:
    job = enqueue("sample.effect", payload={"seconds": 0.2})
    barrier = threading.Barrier(4)

    def worker() -> None:
        barrier.wait()
        run(job.pk)
        connections.close_all()

    threads = [threading.Thread(target=worker) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert effects() == 1


def claims_at_once(job: Job, claimed: Callable[[int], object]) -> int:
    """How many of eight workers, let go at the same moment, believe that the job is theirs."""
    barrier = threading.Barrier(8)
    found: list[object] = []

    def worker() -> None:
        barrier.wait()
        found.append(claimed(job.pk))
        connections.close_all()

    threads = [threading.Thread(target=worker) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(taken is not None for taken in found)


@pytest.mark.django_db(transaction=True)
def test_of_eight_workers_at_once_one_takes_the_job() -> None:
    for _round in range(10):
        job = enqueue("sample.effect")
        assert claims_at_once(job, claim) == 1
        assert Job.objects.get(pk=job.pk).attempts == 1


@pytest.mark.django_db(transaction=True)
def test_without_the_lock_more_than_one_takes_it() -> None:
    """The twin: the same steps as `claim`, its lock taken away."""
    everybody_read = threading.Barrier(8)

    def claim_without_lock(pk: int) -> Job | None:
        with transaction.atomic():
            job = Job.objects.filter(pk=pk, state=Job.State.QUEUED, due_at__lte=timezone.now()).first()
            everybody_read.wait()
            if job is None:
                return None
            job.state = Job.State.RUNNING
            job.attempts += 1
            job.save(update_fields=["state", "attempts"])
            return job

    job = enqueue("sample.effect")
    assert claims_at_once(job, claim_without_lock) == 8
    assert Job.objects.get(pk=job.pk).attempts == 1


@pytest.mark.django_db(transaction=True)
def test_a_row_that_another_holds_is_passed_by_not_waited_for() -> None:
    job = enqueue("sample.effect")
    answers: list[object] = []

    def worker() -> None:
        answers.append(claim(job.pk))
        connections.close_all()

    with transaction.atomic():
        Job.objects.select_for_update().get(pk=job.pk)
        thread = threading.Thread(target=worker, daemon=True)
        thread.start()
        thread.join(timeout=60)
        assert answers == [None]
    assert claim(job.pk) is not None


@pytest.mark.django_db(transaction=True)
def test_the_same_work_waiting_twice_is_one_row() -> None:
    assert enqueue("sample.effect", 7).pk == enqueue("sample.effect", 7).pk
    assert enqueue("sample.effect", 8).pk != enqueue("sample.effect", 7).pk


@pytest.mark.django_db(transaction=True)
def test_a_failing_job_is_tried_again_and_dies_in_the_end() -> None:
    job = enqueue("sample.fault")
    for attempt in range(1, MAX_ATTEMPTS + 1):
        Job.objects.filter(pk=job.pk).update(due_at=timezone.now())
        run(job.pk)
        assert Job.objects.get(pk=job.pk).attempts == attempt
    dead = Job.objects.get(pk=job.pk)
    assert (dead.state, dead.error) == ("dead", "ValueError: this job never works")


@pytest.mark.django_db(transaction=True)
def test_what_is_refused_is_not_tried_again() -> None:
    job = enqueue("sample.refused")
    run(job.pk)
    job.refresh_from_db()
    assert (job.state, job.attempts, job.error) == ("dead", 1, "There is no such field any more.")


@pytest.mark.django_db(transaction=True)
def test_trying_later_is_no_failure() -> None:
    job = enqueue("sample.later")
    run(job.pk)
    waiting = Job.objects.get(pk=job.pk)
    assert (waiting.state, waiting.attempts) == ("queued", 0)
    assert waiting.due_at > timezone.now() + timedelta(seconds=50)


@pytest.mark.django_db(transaction=True)
def test_the_job_of_a_killed_worker_runs_again_and_a_poisonous_one_dies() -> None:
    job = enqueue("sample.death")
    code = f"import django; django.setup(); from crm.jobs.services import run; run({job.pk})"
    database = connection.settings_dict
    address = f"postgresql://{database['USER']}:{database['PASSWORD']}@{database['HOST']}:{database['PORT']}/{database['NAME']}"
    environment = {**os.environ, "DATABASE_URL": address, "DJANGO_SETTINGS_MODULE": "tests.settings"}
    for attempt in range(1, MAX_ATTEMPTS + 1):
        worker = subprocess.run([sys.executable, "-c", code], env=environment, check=False)
        assert worker.returncode == -9
        Job.objects.filter(pk=job.pk).update(heartbeat_at=timezone.now() - timedelta(hours=1))
        sweep()
        assert Job.objects.get(pk=job.pk).state == ("queued" if attempt < MAX_ATTEMPTS else "dead")


@pytest.mark.django_db(transaction=True)
def test_a_job_at_work_is_not_taken_for_abandoned() -> None:
    job = enqueue("sample.wait")
    thread = threading.Thread(target=lambda: (run(job.pk), connections.close_all()), daemon=True)
    thread.start()
    try:
        assert started.wait(60)
        Job.objects.filter(pk=job.pk).update(heartbeat_at=timezone.now() - timedelta(hours=1))
        sweep()
        assert Job.objects.get(pk=job.pk).state == "running"
    finally:
        may_end.set()
    thread.join(60)
    assert Job.objects.get(pk=job.pk).state == "done"


@pytest.mark.django_db(transaction=True)
def test_a_dead_broker_costs_time_but_no_work(monkeypatch: pytest.MonkeyPatch) -> None:
    unreachable = Celery("unreachable", broker="redis://127.0.0.1:1/0")
    unreachable.conf.task_publish_retry = False
    with monkeypatch.context() as patch:
        patch.setattr("crm.jobs.nudge.app", unreachable)
        patch.setattr("crm.jobs.nudge.Outage.until", 0.0)
        job = enqueue("sample.effect")
    assert Job.objects.get(pk=job.pk).state == "queued"
    assert sweep() == 1
    run(job.pk)
    assert effects() == 1


@pytest.mark.django_db(transaction=True)
def test_a_broker_that_hangs_is_waited_for_once_and_briefly(monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that takes connections and never answers."""
    asked = []
    with socket.create_server(("127.0.0.1", 0)) as silent, monkeypatch.context() as patch:
        hanging = Celery("hanging", broker=f"redis://127.0.0.1:{silent.getsockname()[1]}/0")
        hanging.conf.task_publish_retry = False
        hanging.conf.broker_transport_options = {"socket_timeout": 0.2, "socket_connect_timeout": 0.2}
        send = hanging.send_task
        patch.setattr(hanging, "send_task", lambda *args, **more: (asked.append(1), send(*args, **more)))
        patch.setattr("crm.jobs.nudge.app", hanging)
        patch.setattr("crm.jobs.nudge.Outage.until", 0.0)
        jobs = [enqueue("sample.effect", key) for key in range(5)]
    assert len(asked) == 1
    assert {Job.objects.get(pk=job.pk).state for job in jobs} == {"queued"}


@pytest.mark.django_db
def test_unknown_work_is_refused_when_it_is_queued() -> None:
    with pytest.raises((ImportError, LookupError)):
        enqueue("sample.nothing")
    assert Job.objects.count() == 0
