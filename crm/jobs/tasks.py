"""The jobs about jobs."""

from crm.jobs.files import files_sweep, jobs_sweep, orphans_sweep
from crm.jobs.models import Job


def tidy(job: Job) -> dict[str, int]:
    return {"files": files_sweep(), "orphans": orphans_sweep(), "jobs": jobs_sweep()}
