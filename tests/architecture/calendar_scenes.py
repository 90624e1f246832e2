"""Connected calendars in addresses and in jobs: a real server, a meeting to write, an event to read."""

from collections.abc import Callable
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.test import override_settings
from django.utils import timezone

from contacts.caldav.client import FoundCalendar
from contacts.models import CalendarAccount, CalendarEvent, CalendarLink, CalendarTime, Customer
from contacts.services.calendar_account import calendar_connect
from contacts.services.engagement import task_create
from crm.staff.models import User
from tests.contacts.caldav_server import PASSWORD, USER, CalendarServer, caldav_server, event

HOUR = timedelta(hours=1)


def served(stack: ExitStack) -> CalendarServer:
    stack.enter_context(override_settings(OUTGOING_LOOPBACK=True))
    folder = stack.enter_context(TemporaryDirectory())
    return stack.enter_context(caldav_server(Path(folder)))


def connected(stack: ExitStack, user: User) -> tuple[CalendarServer, CalendarAccount]:
    """With a meeting here and an event there."""
    server = served(stack)
    url = server.make("work")
    server.put(f"{url}dentist.ics", event())
    values = {"name": "Phone", "url": server.url, "username": USER}
    found = [FoundCalendar(url, "Work")]
    account = calendar_connect(actor=user, values=values, password=PASSWORD, found=found)
    begins = timezone.now().replace(microsecond=0) + HOUR
    task_create(actor=user, values={"title": "Tasting", "kind": "meeting", "starts_at": begins})
    return server, account


def stands_there(server: CalendarServer, account: CalendarAccount) -> tuple[int, int, int]:
    """Events there, times read from there, meetings written."""
    links = CalendarLink.objects.exclude(etag="")
    return len(server.events(account.calendar_url)), CalendarTime.objects.count(), links.count()


def account_of(owner: User, customer: Customer) -> CalendarAccount:
    found = CalendarAccount.objects.filter(user=owner).first()
    return found or CalendarAccount.objects.create(
        user=owner, name="Secret", url="https://a.example/", username="secret", secret="x"
    )


def event_of(owner: User, customer: Customer) -> CalendarTime:
    account = account_of(owner, customer)
    now = timezone.now()
    found, _new = CalendarEvent.objects.get_or_create(
        account=account, href="https://a.example/1", defaults={"title": "Secret", "expanded_until": now}
    )
    return CalendarTime.objects.create(
        event=found, account=account, title="Secret", starts_at=now, ends_at=now + HOUR
    )


def link_of(owner: User, customer: Customer) -> CalendarLink:
    task = task_create(
        actor=owner, values={"title": "Secret", "kind": "meeting", "starts_at": timezone.now()}
    )
    return CalendarLink.objects.create(
        account=account_of(owner, customer),
        task=task,
        href=f"https://a.example/{task.pk}",
        starts_at=timezone.now(),
        ends_at=timezone.now() + HOUR,
    )


FACTORIES: dict[str, Callable[[User, Customer], Any]] = {
    "calendar": account_of,
    "links": link_of,
    "events": event_of,
}
