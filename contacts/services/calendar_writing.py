"""Our calls and meetings, written into a connected calendar. What is not there as it is here is what is to be done.

The row of an event stands before it is written, under an address that follows from the task: written twice it is one.
"""

from datetime import timedelta

from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from contacts.agenda.ics import customer_names, event_of, new_calendar, uid
from contacts.caldav.client import Client
from contacts.caldav.errors import ChangedThere, RefusedThere
from contacts.choices import CalendarDetail
from contacts.models import CalendarAccount, CalendarLink, Task
from contacts.services.calendar_reading import gone_take, note, plain, resource_take

#: of what is over when the calendar is connected, so much is written
BEHIND, AHEAD = timedelta(days=7), timedelta(days=731)
#: one job writes so many; the next goes on
AT_ONCE = 100


def changes_write(account: CalendarAccount, client: Client) -> tuple[int, bool]:
    """How many events were written or deleted, and whether that was all."""
    if not account.writes:
        return 0, True
    over = links_over(account)[:AT_ONCE]
    for link in over:
        link_delete(account, client, link)
    tasks = tasks_to_write(account)
    names = customer_names(account.user, tasks[:AT_ONCE]) if account.detail == CalendarDetail.ALL else {}
    done = [
        task_write(account, client, task, names.get(task.customer_id or 0, "")) for task in tasks[:AT_ONCE]
    ]
    return len(over) + sum(done), len(over) < AT_ONCE and len(tasks) <= AT_ONCE and all(done)


def links_over(account: CalendarAccount) -> list[CalendarLink]:
    """Events of what is no longer theirs, has no time any more or was deleted."""
    links = CalendarLink.objects.filter(account=account)
    living = links.filter(task__deleted_at=None, task__owner=account.user_id, task__starts_at__isnull=False)
    return list(links.exclude(pk__in=living.values("pk")).order_by("pk"))


def tasks_to_write(account: CalendarAccount) -> list[Task]:
    """What has no event there yet, or an older one. What was deleted there waits for its owner's word."""
    now = timezone.now()
    rows = Task.objects.filter(
        owner=account.user_id,
        deleted_at=None,
        starts_at__lte=now + AHEAD,
        ends_at__gte=account.created_at - BEHIND,
    )
    links = CalendarLink.objects.filter(account=account)
    same = links.filter(version=F("task__version"))
    settled = same | links.exclude(gone_at=None) | links.filter(is_adopted=True)
    rows = rows.visible_to(account.user).exclude(pk__in=settled.values("task"))
    return list(rows.order_by("starts_at", "pk")[: AT_ONCE + 1])


def task_write(account: CalendarAccount, client: Client, task: Task, customer_name: str) -> bool:
    """False where it was changed there meanwhile: that is read now, and it is written with the next job."""
    if task.starts_at is None or task.ends_at is None:
        return True
    starts_at, ends_at = plain(task.starts_at), plain(task.ends_at)
    link, _is_new = CalendarLink.objects.get_or_create(
        account=account,
        task=task,
        defaults={
            "href": href_of(account, task),
            "starts_at": starts_at,
            "ends_at": ends_at,
        },
    )
    content = text_of(account, task, customer_name)
    try:
        etag = put(account, client, link, content)
    except ChangedThere:
        return False
    except RefusedThere as fault:
        refused(account, link, task, str(fault))
        return True
    CalendarLink.objects.filter(pk=link.pk).update(
        etag=etag, version=task.version, starts_at=starts_at, ends_at=ends_at
    )
    return True


def put(account: CalendarAccount, client: Client, link: CalendarLink, content: bytes) -> str:
    """Raises ChangedThere, when what was changed is read, and RefusedThere."""
    try:
        return client.put(link.href, content, link.etag)
    except ChangedThere:
        if not take_anew(account, client, link):
            raise
    return client.put(link.href, content, anyhow=True)


def take_anew(account: CalendarAccount, client: Client, link: CalendarLink) -> bool:
    """Reads what was changed there. True where nothing was: the server cannot tell versions apart."""
    there = next(client.fetch(account.calendar_url, [link.href]), None)
    if there is None and not link.etag:
        raise RefusedThere(_("The server has another event of the same name."))
    if there is None:
        gone_take(account, [link.href])
    elif there.etag == link.etag:
        return True
    else:
        resource_take(account, there)
    return False


def refused(account: CalendarAccount, link: CalendarLink, task: Task, reason: str) -> None:
    """Told once, and tried again when it is changed; the others go on."""
    text = _("%(title)s was not written into the other calendar. %(reason)s")
    note(account, link, text % {"title": task.title, "reason": reason})
    link.version = task.version
    link.save(update_fields=["version", "note", "noted_at"])


def link_delete(account: CalendarAccount, client: Client, link: CalendarLink) -> None:
    """Deleted here while it was changed there: it goes all the same, as it stands now."""
    if not link.is_adopted and link.etag and link.gone_at is None:
        try:
            client.delete(link.href, link.etag)
        except ChangedThere:
            client.delete(link.href, "")
    link.delete()


def href_of(account: CalendarAccount, task: Task) -> str:
    name = uid(task).replace("@", "-").replace(":", "-")
    return f"{account.calendar_url.rstrip('/')}/tenure-{name}.ics"


def text_of(account: CalendarAccount, task: Task, customer_name: str) -> bytes:
    """As much of it as its owner lets the other calendar know."""
    event = event_of(task, customer_name)
    hidden = {CalendarDetail.TITLE: ("description",), CalendarDetail.BUSY: ("description", "location", "url")}
    for name in hidden.get(CalendarDetail(account.detail), ()):
        event.pop(name, None)
    if account.detail == CalendarDetail.BUSY:
        event["summary"] = _("Busy")
    made = new_calendar()
    made.add_component(event)
    text: bytes = made.to_ical()
    return text
