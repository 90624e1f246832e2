"""Telling Celery that a job's row waits. The row is the truth: a dead broker costs time, never work."""

import logging
import time

from kombu.exceptions import OperationalError

from crm.celery import app

log = logging.getLogger(__name__)


#: A broker that hangs is given up after its socket's time-out (settings) and left alone for a while.
SILENT_SECONDS = 30


class Outage:
    """Until when this process does not try to reach the broker again."""

    until = 0.0


def nudge(pk: int) -> None:
    if time.monotonic() < Outage.until:
        return
    try:
        app.send_task("crm.jobs.run_job", args=[pk], expires=3600)
    except (OperationalError, OSError) as fault:
        Outage.until = time.monotonic() + SILENT_SECONDS
        log.warning("broker not reached, the sweeper will find job %s: %s", pk, fault)
