from crm.jobs.models import Job
from crm.publicforms.rate import visits_sweep


def sweep(job: Job) -> dict[str, int]:
    return {"forgotten": visits_sweep()}
