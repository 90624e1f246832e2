"""The jobs of mail."""

from typing import Any

from crm.jobs.models import Job
from crm.mail.services.sending import outgoing_send, outgoing_sweep


def send_outgoing(job: Job) -> dict[str, Any]:
    return {"state": outgoing_send(job.key or 0)}


def sweep_outgoing(job: Job) -> dict[str, int]:
    return outgoing_sweep()
