"""The jobs of mail."""

from typing import Any

from crm.jobs.models import Job
from crm.jobs.services import TryLater
from crm.mail.services.accounts import accounts_due
from crm.mail.services.checking import account_check, checks_due
from crm.mail.services.fetching import account_fetch
from crm.mail.services.receiving import mail_read, reads_due
from crm.mail.services.sending import outgoing_send, outgoing_sweep, seconds_left


def send_outgoing(job: Job) -> dict[str, Any]:
    seconds = seconds_left(job.key or 0)
    if seconds:
        raise TryLater(seconds)
    return {"state": outgoing_send(job.key or 0)}


def sweep_outgoing(job: Job) -> dict[str, int]:
    return outgoing_sweep()


def fetch_due(job: Job) -> dict[str, int]:
    return {"accounts": accounts_due(), "unread": reads_due()}


def fetch_account(job: Job) -> dict[str, Any]:
    return account_fetch(job.key or 0)


def check_due(job: Job) -> dict[str, int]:
    return {"accounts": checks_due()}


def check_account(job: Job) -> dict[str, Any]:
    return account_check(job.key or 0)


def read_mail(job: Job) -> dict[str, Any]:
    return {"state": mail_read(job.key or 0)}
