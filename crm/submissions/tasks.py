from crm.jobs.models import Job
from crm.submissions.services import submissions_sweep


def sweep(job: Job) -> dict[str, int]:
    return {"forgotten": submissions_sweep()}
