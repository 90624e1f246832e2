from typing import Any

from contacts.models import Tag
from contacts.reminders import remind_all
from contacts.reminders import remind_soon as remind_now
from contacts.services.calendar_account import calendars_due
from contacts.services.calendar_sync import account_sync
from contacts.services.email_reconciling import mails_match, mails_match_like
from contacts.services.tags import tag_merge_long
from crm.jobs.models import Job


def remind_tasks(job: Job) -> dict[str, Any]:
    """By the clock, every quarter of an hour: for whom has the day begun?"""
    return {"people": remind_all()}


def remind_soon(job: Job) -> dict[str, Any]:
    """By the clock, every minute: what begins soon?"""
    return {"told": remind_now()}


def match_mails(job: Job) -> dict[str, Any]:
    """Mails of a customer's addresses that belonged nowhere until now."""
    return {"mails": mails_match(job.key or 0, job.payload.get("after", 0))}


def match_mails_like(job: Job) -> dict[str, Any]:
    """Mails of one address in somebody's own mailboxes, after they put one of them on a record."""
    return {"mails": mails_match_like(job.key or 0, job.payload.get("after", 0))}


def merge_tag(job: Job) -> dict[str, Any]:
    """Done twice is done once: the second time the tag is gone."""
    tag, into = (Tag.objects.filter(pk=pk).first() for pk in (job.key or 0, job.payload["into"]))
    if tag is None or into is None or job.actor is None:
        return {"customers": 0}
    return {"customers": tag_merge_long(actor=job.actor, tag=tag, into=into, report=job.report)}


def sync_calendars(job: Job) -> dict[str, Any]:
    """By the clock, every minute: which connected calendars are due?"""
    return {"calendars": calendars_due()}


def sync_calendar(job: Job) -> dict[str, Any]:
    return account_sync(job.key or 0)
