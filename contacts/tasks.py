from typing import Any

from contacts.reminders import remind_all
from crm.jobs.models import Job


def remind_tasks(job: Job) -> dict[str, Any]:
    """By the clock, every quarter of an hour: for whom has the day begun?"""
    return {"people": remind_all()}
