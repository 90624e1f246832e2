"""Reading jobs."""

from crm.jobs.models import Job


def newest_job(name: str, key: int | None = None) -> Job | None:
    return Job.objects.filter(name=name, key=key).order_by("-id").first()
