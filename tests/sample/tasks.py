"""Jobs that count their own effects in a row of the database."""

import os
import signal
import threading
import time
from typing import Any

from django.core.exceptions import ValidationError

from crm.jobs.models import Job
from crm.jobs.services import TryLater
from crm.staff.models import Team


def effect(job: Job) -> dict[str, Any]:
    time.sleep(float(job.payload.get("seconds", 0)))
    Team.objects.create(name=f"effect {job.pk} {time.monotonic_ns()}")
    return {"made": 1}


started, may_end = threading.Event(), threading.Event()


def wait(job: Job) -> None:
    """Tells that it has begun, and ends when it is told to."""
    started.set()
    may_end.wait(60)


def fault(job: Job) -> None:
    raise ValueError("this job never works")


def later(job: Job) -> None:
    raise TryLater(60)


def death(job: Job) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def steps(job: Job) -> None:
    """Makes one effect for each of its steps, a transaction each."""
    for step in range(int(job.payload["steps"])):
        job.report(step, int(job.payload["steps"]))
        Team.objects.create(name=f"effect {job.pk} {step}")
        if step == job.payload.get("ask_at"):
            Job.objects.filter(pk=job.pk).update(cancel_requested_at=job.created_at)


def guarded(job: Job) -> None:
    """A job that only those who may export orders fetch the file of."""


def refused(job: Job) -> None:
    raise ValidationError("There is no such field any more.")
