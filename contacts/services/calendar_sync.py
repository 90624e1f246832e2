"""Comparing a connected calendar with ours: first what changed there, then what is to be written."""

from datetime import timedelta
from typing import Any

from django.db.models import Q
from django.utils import timezone

from contacts.caldav.errors import CalendarProblem
from contacts.models import CalendarAccount
from contacts.services.calendar_account import client_of, note_problem, note_success
from contacts.services.calendar_reading import changes_read
from contacts.services.calendar_writing import changes_write
from crm.jobs.services import TryLater

HELD = timedelta(minutes=10)
SOON = 5


def account_sync(pk: int) -> dict[str, Any]:
    """A problem is noted on the account. Raises TryLater while another worker has it, and for more."""
    account = account_hold(pk)
    if account is None:
        return {"read": 0, "written": 0}
    try:
        client = client_of(account)
        read, all_read = changes_read(account, client)
        written, all_written = changes_write(account, client) if all_read else (0, False)
    except CalendarProblem as fault:
        note_problem(account, str(fault))
        return {"problem": str(fault)}
    finally:
        CalendarAccount.objects.filter(pk=pk).update(held_until=None)
    note_success(account)
    if not (all_read and all_written):
        raise TryLater(SOON)
    return {"read": read, "written": written}


def account_hold(pk: int) -> CalendarAccount | None:
    """The account, for this worker alone. None where there is nothing to compare."""
    now = timezone.now()
    ready = CalendarAccount.objects.filter(pk=pk, user__is_active=True).exclude(calendar_url="")
    if not ready.filter(Q(held_until=None) | Q(held_until__lt=now)).update(held_until=now + HELD):
        if ready.exists():
            raise TryLater(SOON)
        return None
    return CalendarAccount.objects.select_related("user").get(pk=pk)
