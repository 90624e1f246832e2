"""The jobs of the trail."""

from typing import Any

from crm.audit import export
from crm.jobs.models import Job


def export_trail(job: Job) -> dict[str, Any]:
    return export.export_trail(job)
