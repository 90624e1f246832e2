from crm.api.services import requests_sweep
from crm.jobs.models import Job


def sweep(job: Job) -> dict[str, int]:
    return {"forgotten": requests_sweep()}
