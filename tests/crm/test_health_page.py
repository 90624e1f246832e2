from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from crm.backup.models import BackupRun
from crm.health.report import BAD, GOOD, WARNING, report
from crm.jobs import pulse
from crm.jobs.models import Job, Pulse
from crm.jobs.pulse import beat_pulse
from crm.staff.models import User

SignIn = Callable[[User], Client]


@pytest.fixture(autouse=True)
def _no_pulse_yet(settings: Any, tmp_path: Any) -> Iterator[None]:
    settings.MEDIA_ROOT = tmp_path
    pulse._written.clear()
    yield
    pulse._written.clear()


def found() -> dict[str, tuple[str, str]]:
    return {check.key: (finding.state, f"{finding.text} {finding.advice}") for check, finding in report()}


def test_the_page_says_what_does_not_work_first(db: None, admin: User, sign_in: SignIn) -> None:
    page = sign_in(admin).get("/settings/health/").content.decode()
    assert "No worker was heard of yet" in page
    assert "Start the worker" in page
    assert page.index("No worker") < page.index("PostgreSQL")


def test_workers_and_clock_are_alive_while_their_pulse_is_fresh(db: None) -> None:
    beat_pulse()
    assert (found()["workers"][0], found()["clock"][0]) == (GOOD, GOOD)
    Pulse.objects.update(at=timezone.now() - timedelta(minutes=5))
    state, text = found()["workers"]
    assert state == BAD
    assert "not" in text or "No worker" in text
    assert "beat" in found()["clock"][1]


def test_a_pulse_is_one_row_and_seldom_written(db: None, count_queries: Callable[[], Any]) -> None:
    beat_pulse()
    with count_queries() as asked:
        pulse.pulse(pulse.WORKER)
    assert (len(asked), Pulse.objects.count()) == (0, 2)


def test_a_queue_that_waits_too_long_is_told(db: None, settings: Any) -> None:
    assert found()["queue"] == (GOOD, "Nothing waits. ")
    Job.objects.create(name="sample.effect", due_at=timezone.now() - timedelta(hours=2))
    state, text = found()["queue"]
    assert state == WARNING
    assert "the oldest for 2" in text


def test_dead_jobs_are_counted_and_led_to(db: None, admin: User, sign_in: SignIn) -> None:
    Job.objects.create(name="sample.effect", state="dead")
    assert found()["dead"][0] == WARNING
    assert "/jobs/?state=dead" in sign_in(admin).get("/settings/health/").content.decode()


def test_a_broker_that_is_gone_costs_its_own_line_only(db: None, settings: Any) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    states = {key: state for key, (state, _text) in found().items()}
    assert (states["broker"], states["database"]) == (BAD, GOOD)


@pytest.mark.parametrize(
    ("runs", "state", "words"),
    [
        ([], WARNING, "No backup"),
        ([("backup", True, 0)], WARNING, "never proved"),
        ([("backup", True, 0), ("verify", True, 0)], GOOD, "Newest proof"),
        ([("backup", True, 3), ("verify", True, 0)], WARNING, "It is old"),
        ([("backup", True, 0), ("verify", True, 20)], WARNING, "proof is old"),
        ([("backup", False, 0)], BAD, "at once"),
        ([("backup", True, 0), ("verify", False, 0)], BAD, "could not be restored"),
    ],
)
def test_backups_are_trusted_only_with_a_fresh_proof(
    runs: list[tuple[str, bool, int]], state: str, words: str, db: None
) -> None:
    for kind, ok, days in runs:
        run = BackupRun.objects.create(kind=kind, backup="x", ok=ok)
        BackupRun.objects.filter(pk=run.pk).update(created_at=timezone.now() - timedelta(days=days))
    assert found()["backups"][0] == state
    assert words in found()["backups"][1]


def test_only_those_who_may_see_it_do(rep: User, manager: User, sign_in: SignIn) -> None:
    for member in (rep, manager):
        assert sign_in(member).get("/settings/health/").status_code == 403
