"""What waits and what runs."""

from datetime import timedelta

from django.utils import timezone

from crm.jobs.models import Job


def queue_age() -> timedelta:
    """How long the oldest job that is due has been waiting; zero when nothing waits."""
    now = timezone.now()
    oldest = Job.objects.filter(state=Job.State.QUEUED, due_at__lte=now).order_by("due_at").first()
    return now - oldest.due_at if oldest else timedelta()


def newest_job(name: str, key: int | None = None) -> Job | None:
    return Job.objects.filter(name=name, key=key).order_by("-id").first()
