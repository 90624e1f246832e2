"""Every job twice and at once: whatever a broker or a dead worker makes of the queue, the work is done once.

Two workers hold the same work at the same moment; then it is delivered again, as after a worker that died between
its last write and the end of its job. The effect is that of one run, and the last delivery writes nothing at all.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from django.db import connections

from contacts.models import Customer
from crm.jobs.kinds import job_kinds
from crm.jobs.models import Job
from crm.jobs.services import TryLater, job_function
from crm.staff.models import User
from sales.models import Order
from tests.architecture.scenes import SCENES, Cast
from tests.conftest import database_rows

#: what each delivery may write anew: when it was, or the same file in place of the one before
WRITTEN_ANEW = {
    "analytics.value_refresh": {"analytics_valuerun", "contacts_customervalue"},
    "audit.export_trail": {"jobs_jobfile"},
    "bulk.export_list": {"jobs_jobfile"},
    "sales.recommendation_refresh": {"sales_recommendationrun", "sales_recommendation"},
    "mail.check_account": {"mail_mailplace"},
    "sales.win_model_refresh": {"sales_winmodel", "sales_dealchance"},
    "sales.score_deals": {"sales_dealchance"},
    "mail.fetch_account": {"mail_mailaccount"},
    "contacts.sync_calendar": {"contacts_calendaraccount"},
}


@pytest.fixture
def cast(
    admin: User,
    rep: User,
    manager: User,
    customer: Customer,
    place_order: Callable[..., Order],
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Cast]:
    with ExitStack() as stack:
        yield Cast(admin, rep, manager, customer, place_order(rep, customer), stack, monkeypatch)


def at_once(jobs: list[Job]) -> list[Exception]:
    """The work of all of them, begun at the same moment; returns what went wrong."""
    barrier = threading.Barrier(len(jobs))
    faults: list[Exception] = []

    def worker(job: Job) -> None:
        barrier.wait()
        try:
            job_function(job.name)(job)
        except TryLater:
            pass
        except Exception as fault:  # noqa: BLE001 - the test tells it
            faults.append(fault)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=worker, args=(job,)) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return faults


def rows(name: str) -> dict[str, list[tuple[object, ...]]]:
    return {
        table: found
        for table, found in database_rows().items()
        if table not in {"jobs_job", *WRITTEN_ANEW.get(name, ())}
    }


def test_every_job_has_a_scene() -> None:
    assert set(SCENES) == {name for name in job_kinds() if not name.startswith("sample.")}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("name", sorted(SCENES))
def test_it_is_done_once(name: str, cast: Cast) -> None:
    job, effect, expected = SCENES[name](cast)
    assert (job.name, job.state) == (name, "queued")
    assert effect() != expected, "the scene leaves nothing to do"
    Job.objects.filter(pk=job.pk).update(state="running")
    twin = Job.objects.create(name=name, key=job.key, payload=job.payload, actor=job.actor, state="running")
    assert at_once([Job.objects.get(pk=job.pk), twin]) == []
    assert effect() == expected
    before = rows(name)
    assert at_once([twin]) == []
    assert effect() == expected
    assert rows(name) == before
