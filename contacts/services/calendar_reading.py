"""What changed in a connected calendar, taken over: events of others as busy times, our own where they were moved."""

import time
from collections.abc import Iterable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _

from contacts.agenda.ics import is_own_uid
from contacts.caldav.client import Client, Resource
from contacts.caldav.expanding import AHEAD, ReadEvent, ReadTime, read_event
from contacts.models import CalendarAccount, CalendarEvent, CalendarLink, CalendarTime, Task
from contacts.notifications import calendar_note_tell
from contacts.services.engagement import task_edit
from crm.company.selectors import company
from crm.records.errors import StaleRecord

#: one job reads for so long, then the next one goes on
SECONDS = 60.0
MONTH = timedelta(days=30)
MOST_SERIES = 200


def changes_read(account: CalendarAccount, client: Client) -> tuple[int, bool]:
    """How many events were read, and whether that was all. The token is kept when all were."""
    until, count = time.monotonic() + SECONDS, 0
    found = client.changes(account.calendar_url, account.sync_token)
    known = known_etags(account)
    wanted = [href for href, etag in found.changed.items() if known.get(href) != etag]
    if not account.reads:
        wanted = [href for href in wanted if href in known]
    for resource in client.fetch(account.calendar_url, wanted):
        resource_take(account, resource)
        count += 1
        if time.monotonic() > until:
            return count, False
    gone = known.keys() - found.changed.keys() if found.is_whole else set(found.gone)
    gone_take(account, gone)
    CalendarAccount.objects.filter(pk=account.pk).update(sync_token=found.token)
    series_go_on(account)
    return count, True


def known_etags(account: CalendarAccount) -> dict[str, str]:
    """What was read or written, as the server called it then."""
    links = CalendarLink.objects.filter(account=account, gone_at=None).exclude(etag="")
    events = CalendarEvent.objects.filter(account=account)
    return dict(links.values_list("href", "etag")) | dict(events.values_list("href", "etag"))


def zone_of(account: CalendarAccount) -> ZoneInfo:
    return ZoneInfo(account.user.time_zone or company().time_zone)


@transaction.atomic
def resource_take(account: CalendarAccount, resource: Resource) -> None:
    read = read_event(resource.content, zone_of(account), timezone.now(), account.user.email)
    links = CalendarLink.objects.select_for_update(of=("self",)).select_related("task")
    link = links.filter(account=account, href=resource.href).first()
    if link is not None:
        reconcile(account, link, resource, read)
    if link is None or link.is_adopted:
        event_take(account, resource, read)


def event_take(account: CalendarAccount, resource: Resource, read: ReadEvent) -> None:
    """An event that is not ours. Its times are written anew; a meeting that was made of one stays with it."""
    if not account.reads or is_own_uid(read.uid):
        return
    event, is_new = CalendarEvent.objects.update_or_create(
        account=account,
        href=resource.href,
        defaults={
            "etag": resource.etag,
            "content": resource.content.replace("\0", ""),
            "title": read.title,
            "location": read.location,
            "addresses": read.addresses,
            "is_recurring": read.is_recurring,
            "problem": read.problem,
            "expanded_until": timezone.now() + AHEAD,
        },
    )
    times_write(event, read.times, {} if is_new else made_of(event))


def series_go_on(account: CalendarAccount) -> None:
    """Time goes by: the times of a series are written again before they run out."""
    now = timezone.now()
    series = CalendarEvent.objects.filter(
        account=account, is_recurring=True, expanded_until__lt=now + AHEAD - MONTH
    )
    for event in series.order_by("expanded_until")[:MOST_SERIES]:
        read = read_event(event.content, zone_of(account), now, account.user.email)
        with transaction.atomic():
            times_write(event, read.times, made_of(event))
            CalendarEvent.objects.filter(pk=event.pk).update(expanded_until=now + AHEAD)


def made_of(event: CalendarEvent) -> dict[datetime | None, int]:
    """The meetings that were made of its times, by their start; of a single event whenever it is."""
    rows = event.times.filter(task__isnull=False).values_list("starts_at", "task_id")
    return {start if event.is_recurring else None: pk for start, pk in rows if pk}


def times_write(event: CalendarEvent, times: Iterable[ReadTime], tasks: dict[datetime | None, int]) -> None:
    event.times.all().delete()
    CalendarTime.objects.bulk_create(
        CalendarTime(
            event=event,
            account_id=event.account_id,
            starts_at=one.starts_at,
            ends_at=one.ends_at,
            title=one.title,
            is_all_day=one.is_all_day,
            is_busy=one.is_busy,
            task_id=tasks.get(one.starts_at if event.is_recurring else None),
        )
        for one in times
    )


# --- our own -----------------------------------------------------------------------------------------------------


def reconcile(account: CalendarAccount, link: CalendarLink, resource: Resource, read: ReadEvent) -> None:
    """It was moved there: it moves here. Moved in both places, the later one stands, and its owner is told."""
    if link.etag == resource.etag:
        return
    is_first = not link.etag  # written, but the answer was lost
    if link.gone_at is not None:  # it is there again
        link.note, link.noted_at = "", None
    link.etag, link.gone_at = resource.etag, None
    there = read.times[0] if read.times and not read.is_recurring else None
    if there is None or there.is_all_day or is_first or is_where(link, there):
        link.save()
        return
    task = Task.objects.select_for_update().get(pk=link.task_id)
    here = [plain(moment) for moment in (task.starts_at, task.ends_at) if moment]
    moved_here = here != [link.starts_at, link.ends_at]
    is_later = not moved_here or (read.modified_at or timezone.now()) >= task.updated_at
    if task.deleted_at is None and is_later:
        move(account, link, task, there)
    if moved_here:
        note(account, link, conflict_text(task, there, is_later=is_later))
    link.save()


def is_where(link: CalendarLink, there: ReadTime) -> bool:
    return (link.starts_at, link.ends_at) == (there.starts_at, there.ends_at)


def plain(moment: datetime) -> datetime:
    """Calendars know no parts of a second."""
    return moment.replace(microsecond=0)


def move(account: CalendarAccount, link: CalendarLink, task: Task, there: ReadTime) -> None:
    is_same = task.version == link.version
    values = {"starts_at": there.starts_at, "ends_at": there.ends_at}
    try:
        with transaction.atomic():
            task_edit(actor=account.user, task=task, values=values, version=task.version)
    except (ValidationError, PermissionDenied, Http404, StaleRecord) as fault:
        reason = (
            " ".join(fault.messages) if isinstance(fault, ValidationError) else _("You may not change it.")
        )
        text = _("%(title)s was moved in the other calendar, not here: %(reason)s")
        note(account, link, text % {"title": task.title, "reason": reason})
        return
    link.starts_at, link.ends_at = there.starts_at, there.ends_at
    if is_same:
        link.version = task.version


def conflict_text(task: Task, there: ReadTime, *, is_later: bool) -> str:
    if is_later:
        text = _(
            "%(title)s was moved here and in the other calendar. The change there was later, and stands."
        )
    else:
        text = _("%(title)s was moved here and in the other calendar. The change here was later, and stands.")
    return text % {"title": task.title}


def note(account: CalendarAccount, link: CalendarLink, text: str) -> None:
    link.note, link.noted_at = text[:500], timezone.now()
    calendar_note_tell(account, link)


@transaction.atomic
def gone_take(account: CalendarAccount, hrefs: Iterable[str]) -> None:
    """Deleted there: what is not ours goes; what is ours is asked about."""
    hrefs = list(hrefs)
    CalendarEvent.objects.filter(account=account, href__in=hrefs).delete()
    links = CalendarLink.objects.select_for_update(of=("self",)).select_related("task")
    for link in links.filter(account=account, href__in=hrefs, gone_at=None):
        if link.task.deleted_at is not None:
            link.delete()
            continue
        link.gone_at = timezone.now()
        note(
            account,
            link,
            _("%s was deleted in the other calendar. What shall become of it here?") % link.task.title,
        )
        link.save()
