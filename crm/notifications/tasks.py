from datetime import timedelta
from typing import Any

from django.utils import timezone

from crm.jobs.models import Job
from crm.notifications.models import DayMark, Notification
from crm.notifications.services import mailing
from crm.notifications.services.following import followers_tell

KEPT_READ, KEPT_UNREAD = timedelta(days=180), timedelta(days=365)


def mail_now(job: Job) -> dict[str, Any]:
    return {"mailed": mailing.mail_now(job.key or 0)}


def digest(job: Job) -> dict[str, Any]:
    """By the clock, every quarter of an hour: whose morning is it?"""
    return {"sent": mailing.digests_send()}


def tell_followers(job: Job) -> dict[str, Any]:
    return {"changes": followers_tell(job.key or 0)}


def sweep(job: Job) -> dict[str, Any]:
    """Forget what is old."""
    now = timezone.now()
    read = Notification.objects.filter(at__lt=now - KEPT_READ, read_at__isnull=False).delete()[0]
    old = Notification.objects.filter(at__lt=now - KEPT_UNREAD).delete()[0]
    DayMark.objects.filter(day__lt=(now - KEPT_READ).date()).delete()
    return {"forgotten": read + old}
