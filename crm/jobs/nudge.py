"""Telling Celery that a job's row waits. The row is the truth: a dead broker costs time, never work."""

import logging

from kombu.exceptions import OperationalError

from crm.celery import app

log = logging.getLogger(__name__)


def nudge(pk: int) -> None:
    try:
        app.send_task("crm.jobs.run_job", args=[pk], expires=3600)
    except (OperationalError, OSError) as fault:
        log.warning("broker not reached, the sweeper will find job %s: %s", pk, fault)
