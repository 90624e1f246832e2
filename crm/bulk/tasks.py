from typing import Any

from crm.bulk import export, services
from crm.bulk.models import BulkRun
from crm.jobs.models import Job


def run(job: Job) -> dict[str, Any]:
    return services.run_continue(BulkRun.objects.select_related("actor").get(pk=job.key or 0), job)


def undo(job: Job) -> dict[str, Any]:
    return services.run_undo(BulkRun.objects.select_related("actor").get(pk=job.key or 0), job)


def export_list(job: Job) -> dict[str, Any]:
    return export.export_list(job)
