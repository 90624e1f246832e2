"""Calendars of other servers: connected, set up and left by the person whose they are. Secrets never come out."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _

from contacts.caldav.client import Client, FoundCalendar
from contacts.caldav.errors import CalendarProblem, WrongPassword
from contacts.models import CalendarAccount, CalendarEvent, CalendarLink
from contacts.notifications import calendar_problem_tell
from crm.access.services import require
from crm.audit.services import record
from crm.jobs.services import enqueue
from crm.mail.secrets import LostSecret, decrypt, encrypt
from crm.records.services import write_changes
from crm.staff.models import User

MOST_ACCOUNTS = 10
EVERY = timedelta(minutes=5)
#: minutes until the next try after so many failures in a row
PAUSES = (1, 2, 5, 15, 60)
TOLD_AT = 3
FIELDS = ("name", "calendar_url", "writes", "detail", "reads")
JOB = "contacts.sync_calendar"


def calendars_ask(*, actor: User, url: str, username: str, password: str) -> list[FoundCalendar]:
    """What the server offers this user name. Raises ValidationError at the field, in words."""
    require(actor, "contacts.view_task")
    try:
        found = Client(url, username, password).calendars()
    except WrongPassword as fault:
        raise ValidationError({"password": str(fault)}) from fault
    except CalendarProblem as fault:
        raise ValidationError({"url": str(fault)}) from fault
    if not found:
        raise ValidationError({"url": _("There are no calendars at this address.")})
    return found


@transaction.atomic
def calendar_connect(
    *, actor: User, values: Mapping[str, Any], password: str, found: Sequence[FoundCalendar]
) -> CalendarAccount:
    """One that is alone is chosen. Raises ValidationError."""
    require(actor, "contacts.view_task")
    User.objects.select_for_update().get(pk=actor.pk)
    if CalendarAccount.objects.filter(user=actor).count() >= MOST_ACCOUNTS:
        raise ValidationError(_("You have %d calendars. Disconnect one first.") % MOST_ACCOUNTS)
    chosen = found[0].url if len(found) == 1 else ""
    check_once(actor, chosen)
    account = CalendarAccount.objects.create(
        user=actor,
        name=values["name"],
        url=values["url"],
        username=values["username"],
        secret=encrypt(password),
        calendars=[{"url": one.url, "name": one.name} for one in found],
        calendar_url=chosen,
    )
    told = {name: values[name] for name in ("name", "url", "username")}
    record(actor=actor, action="contacts.calendaraccount.create", obj=account, after=told)
    if chosen:
        enqueue(JOB, account.pk)
    return account


def check_once(user: User, calendar: str, apart_from: int = 0) -> None:
    """Twice connected, it would show everything twice."""
    others = CalendarAccount.objects.filter(user=user, calendar_url=calendar).exclude(pk=apart_from)
    if calendar and others.exists():
        raise ValidationError(_("This calendar is connected already."))


def own(actor: User, account: CalendarAccount) -> None:
    """Somebody else's is not there for anybody."""
    if account.user_id != actor.pk:
        raise Http404


@transaction.atomic
def calendar_edit(
    *, actor: User, account: CalendarAccount, values: Mapping[str, Any], version: int, password: str = ""
) -> CalendarAccount:
    """An empty password leaves the one that is kept. Raises StaleRecord, ValidationError."""
    own(actor, account)
    values = {name: values[name] for name in FIELDS if name in values}
    calendar = values.get("calendar_url", account.calendar_url)
    if calendar and calendar not in {item["url"] for item in account.calendars}:
        raise ValidationError({"calendar_url": _("Choose one from the list.")})
    check_once(actor, calendar, account.pk)
    before = {name: getattr(account, name) for name in FIELDS}
    account = write_changes(
        actor=actor, obj=account, values=values, version=version, action="contacts.calendaraccount.edit"
    )
    follow(account, {name for name in FIELDS if before[name] != getattr(account, name)})
    if password:
        CalendarAccount.objects.filter(pk=account.pk).update(secret=encrypt(password))
        record(actor=actor, action="contacts.calendaraccount.set_secret", obj=account)
    CalendarAccount.objects.filter(pk=account.pk).update(
        due_at=timezone.now(), failures=0, problem="", problem_since=None
    )
    if account.calendar_url:
        enqueue(JOB, account.pk)
    return account


def follow(account: CalendarAccount, changed: set[str]) -> None:
    """Another calendar is begun with anew; another detail is written anew; what is not read is not kept."""
    if "calendar_url" in changed:
        CalendarLink.objects.filter(account=account).delete()
    if {"calendar_url", "reads"} & changed:
        CalendarEvent.objects.filter(account=account).delete()
        CalendarAccount.objects.filter(pk=account.pk).update(sync_token="")
    if "detail" in changed:
        CalendarLink.objects.filter(account=account, is_adopted=False).update(version=0)


@transaction.atomic
def calendar_disconnect(*, actor: User, account: CalendarAccount) -> None:
    """What we wrote there stays there; what was read from there goes."""
    own(actor, account)
    record(actor=actor, action="contacts.calendaraccount.delete", obj=account, before={"name": account.name})
    account.delete()


@transaction.atomic
def calendar_check(*, actor: User, account: CalendarAccount) -> None:
    """Compare it now, whatever pause it makes."""
    own(actor, account)
    if account.calendar_url:
        CalendarAccount.objects.filter(pk=account.pk).update(due_at=timezone.now())
        enqueue(JOB, account.pk)


def client_of(account: CalendarAccount) -> Client:
    """Raises CalendarProblem."""
    try:
        password = decrypt(account.secret)
    except LostSecret as fault:
        text = _("The stored password cannot be read since SECRET_KEY was changed: enter it again.")
        raise CalendarProblem(text) from fault
    return Client(account.url, account.username, password)


def calendars_due() -> int:
    """Queue a job for every calendar that is due: one that hangs keeps no other waiting."""
    now = timezone.now()
    ready = CalendarAccount.objects.filter(user__is_active=True, due_at__lte=now).exclude(calendar_url="")
    free = ready.filter(Q(held_until=None) | Q(held_until__lt=now))
    pks = list(free.order_by("due_at").values_list("pk", flat=True))
    for pk in pks:
        enqueue(JOB, pk)
    return len(pks)


def note_success(account: CalendarAccount) -> None:
    now = timezone.now()
    CalendarAccount.objects.filter(pk=account.pk).update(
        checked_at=now, succeeded_at=now, failures=0, problem="", problem_since=None, due_at=now + EVERY
    )


@transaction.atomic
def note_problem(account: CalendarAccount, problem: str) -> None:
    """Say so on its page and try later; its owner is told of the third failure in a row, once."""
    now = timezone.now()
    found = CalendarAccount.objects.select_for_update().filter(pk=account.pk).first()
    if found is None:
        return
    found.failures += 1
    found.checked_at, found.problem = now, problem[:500]
    found.problem_since = found.problem_since or now
    found.due_at = now + timedelta(minutes=PAUSES[min(found.failures, len(PAUSES)) - 1])
    found.save(update_fields=["failures", "checked_at", "problem", "problem_since", "due_at"])
    if found.failures == TOLD_AT:
        calendar_problem_tell(found)
