"""The jobs of automations."""

import time

from crm.automation.services.clock import tick as clock_tick
from crm.automation.services.delivering import deliveries_send
from crm.automation.services.expanding import events_expand
from crm.automation.services.running import runs_execute
from crm.jobs.models import Job
from crm.jobs.services import enqueue

#: a job ends after a while and lets the next one go on, so that none comes near its time limit
LONGEST_SECONDS = 120


def handle(job: Job) -> dict[str, int]:
    """Do all that waits: first what was begun, then what happened since."""
    ends, seen, done = time.monotonic() + LONGEST_SECONDS, 0, 0
    while time.monotonic() < ends:
        ran = runs_execute()
        looked = 0 if ran else events_expand()
        done, seen = done + ran, seen + looked
        if not ran and not looked:
            break
        job.report(done)
    else:
        enqueue("automation.handle")
    return {"events": seen, "runs": done}


def deliver(job: Job) -> dict[str, int]:
    return {"sent": deliveries_send()}


def tick(job: Job) -> dict[str, int]:
    return clock_tick()
