"""Booking pages, and what visitors do on them: book, move, cancel. A time is given once, whoever asks at once."""

import hashlib
import re
import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from contacts.agenda.invitation import invitation
from contacts.agenda.offered import is_offered
from contacts.choices import CustomerKind, PointKind
from contacts.models import Booking, BookingPage, Customer, Task
from contacts.notifications import BOOKED, task_url
from contacts.services.customer import customer_create
from contacts.services.engagement import task_create, task_delete, task_edit
from crm.access.services import allowed, require
from crm.addresses import absolute
from crm.audit.services import record
from crm.company.selectors import company
from crm.mail.services import mail_enqueue
from crm.notifications.services import notify
from crm.records.services import write_changes
from crm.staff.models import User

PAGE_FIELDS = (
    "title", "slug", "text", "location", "minutes", "buffer_minutes", "notice_hours", "days_ahead", "is_open",
)  # fmt: skip
MOST_PAGES = 20
#: 192 random bits
SECRET_BYTES = 24
LONGEST_TOKEN = 64
REMIND = timedelta(minutes=15)


class Taken(ValidationError):
    """Somebody else was faster, or the time is not offered any more."""

    def __init__(self) -> None:
        super().__init__({"at": _("This time is taken meanwhile. Choose another one.")})


# --- the page ----------------------------------------------------------------------------------------------------


@transaction.atomic
def booking_page_create(*, actor: User, values: Mapping[str, Any]) -> BookingPage:
    """A page of the actor's own. Raises ValidationError."""
    require(actor, "contacts.create_task")
    if BookingPage.objects.filter(user=actor).count() >= MOST_PAGES:
        raise ValidationError(_("You have %d booking pages. Change one of them.") % MOST_PAGES)
    page = BookingPage.objects.create(user=actor, **{name: values[name] for name in PAGE_FIELDS})
    record(actor=actor, action="contacts.bookingpage.create", obj=page, after=dict(values))
    return page


@transaction.atomic
def booking_page_edit(
    *, actor: User, page: BookingPage, values: Mapping[str, Any], version: int
) -> BookingPage:
    """Raises StaleRecord, and Http404 for somebody else's."""
    if page.user_id != actor.pk:
        raise Http404
    return write_changes(
        actor=actor, obj=page, values=values, version=version, action="contacts.bookingpage.edit"
    )


def page_of(slug: str) -> BookingPage:
    """An open page of somebody who works here and may still plan meetings. Raises Http404."""
    rows = BookingPage.objects.filter(slug=slug, is_open=True, user__is_active=True)
    page = rows.select_related("user").first()
    if page is None or not allowed(page.user, "contacts.create_task"):
        raise Http404
    return page


def booking_of(token: str) -> Booking:
    """Raises Http404 for a secret that is none."""
    rows = Booking.objects.select_related("page__user", "task__customer")
    found = rows.filter(digest=digest(token)).first() if len(token) <= LONGEST_TOKEN else None
    if found is None:
        raise Http404
    return found


def digest(token: str) -> str:
    return hashlib.sha256(token.encode(errors="replace")).hexdigest()


# --- what visitors do --------------------------------------------------------------------------------------------


@transaction.atomic
def meeting_book(
    *, page: BookingPage, at: datetime, name: str, email: str, note: str = "", time_zone: str = "UTC"
) -> tuple[Booking, str]:
    """The meeting, the customer if nobody of this address is known, and the secret of the link that changes it.

    Raises Taken. What the visitor is told is the same whether they are known or not.
    """
    host = hold(page)
    if not is_offered(page, at):
        raise Taken
    customer = customer_of(host, name, email)
    task = task_create(actor=host, values=meeting_values(page, customer, at, name, email, note))
    token = secrets.token_urlsafe(SECRET_BYTES)
    booking = Booking.objects.create(
        page=page, task=task, name=name, email=email, note=note, time_zone=time_zone, digest=digest(token)
    )
    confirm(booking, token, _("Confirmed: %s"))
    tell(booking, _("%(name)s booked %(title)s, %(when)s"))
    return booking, token


def hold(page: BookingPage) -> User:
    """Whoever books with the same person waits here until the others are done."""
    host = User.objects.select_for_update().get(pk=page.user_id)
    page.user = host
    return host


def meeting_values(
    page: BookingPage, customer: Customer | None, at: datetime, name: str, email: str, note: str
) -> dict[str, Any]:
    return {
        "title": harmless(f"{page.title}: {name}")[:200],
        "kind": "meeting",
        "starts_at": at,
        "ends_at": at + page.lasts,
        "location": page.location,
        "customer": customer,
        "remind_at": at - REMIND,
        "notes": harmless(f"{name} <{email}>\n{note}".strip()),
    }


def harmless(text: str) -> str:
    """Nobody is named by a stranger, now or when the host saves the text again; addresses stay."""
    return re.sub(r"(?<!\w)@", "", text)


def customer_of(host: User, name: str, email: str) -> Customer | None:
    """Who is known by this address, as far as the host may see them, else somebody new; None if neither can be."""
    known = Customer.objects.alive().filter(
        contact_points__kind=PointKind.EMAIL, contact_points__value=email.lower()
    )
    if known.exists():
        return known.visible_to(host).order_by("pk").first()
    if not allowed(host, "contacts.create_customer"):
        return None
    values = {"name": name, "kind": CustomerKind.PERSON, "source": _("Booking page")}
    return customer_create(actor=host, values=values, email=email)


@transaction.atomic
def booking_move(*, booking: Booking, at: datetime, token: str) -> Booking:
    """To another time that is offered. Raises Taken, and Http404 for what is over or cancelled."""
    host = hold(booking.page)
    task = changeable(booking)
    if not is_offered(booking.page, at, apart_from=task.pk):
        raise Taken
    values = {"starts_at": at, "ends_at": at + booking.page.lasts}
    task_edit(actor=host, task=task, values=values, version=task.version)
    booking.task = task
    confirm(booking, token, _("Moved: %s"))
    tell(booking, _("%(name)s moved %(title)s to %(when)s"))
    return booking


@transaction.atomic
def booking_cancel(*, booking: Booking, token: str) -> Booking:
    """Cancelled twice is cancelled once. Raises Http404 for what is over."""
    host = hold(booking.page)
    booking.refresh_from_db()
    if booking.cancelled_at is not None:
        return booking
    task = changeable(booking)
    tell(booking, _("%(name)s cancelled %(title)s, %(when)s"))
    task_delete(actor=host, task=task)
    Booking.objects.filter(pk=booking.pk).update(cancelled_at=timezone.now())
    booking.refresh_from_db()
    confirm(booking, token, _("Cancelled: %s"))
    return booking


def changeable(booking: Booking) -> Task:
    """The meeting as it stands now. Raises Http404 when there is nothing left to change."""
    task = Task.objects.select_related("owner", "customer").get(pk=booking.task_id)
    if not is_changeable(booking, task):
        raise Http404
    return task


def is_changeable(booking: Booking, task: Task) -> bool:
    is_over = task.starts_at is None or task.starts_at <= timezone.now()
    return not (booking.cancelled_at or task.deleted_at or task.done_at or is_over)


# --- telling both ------------------------------------------------------------------------------------------------


def when(moment: datetime, zone: str) -> str:
    local = moment.astimezone(ZoneInfo(zone))
    return f"{date_format(local.replace(tzinfo=None), 'l j F Y, H:i')} ({zone})"


def confirm(booking: Booking, token: str, subject: str) -> None:
    """A mail to the visitor with the meeting for their calendar and the link that changes it."""
    task, page = booking.task, booking.page
    if task.starts_at is None:
        return
    lines = [
        _("Hello %s,") % booking.name,
        "",
        f"{page.title}: {when(task.starts_at, booking.time_zone)}",
        _("With %(host)s, %(minutes)s minutes") % {"host": page.user.name, "minutes": page.minutes},
        *([_("Place: %s") % task.location] if task.location else []),
    ]
    if booking.cancelled_at is None:
        link = absolute(reverse("contacts:booking", args=[token]))
        lines += ["", _("To move or cancel it:"), link]
    else:
        lines += ["", _("It is cancelled.")]
    mail_enqueue(
        to=booking.email,
        subject=subject % page.title,
        text="\n".join(lines),
        kind="booking",
        key=f"booking:{booking.pk}:{task.version}:{'x' if booking.cancelled_at else ''}",
        reply_to=page.user.email,
        calendar=invitation(booking, task).decode(),
    )


def tell(booking: Booking, text: str) -> None:
    """The person who is met, in the words of their own clock."""
    task, host = booking.task, booking.page.user
    if task.starts_at is None:
        return
    zone = host.time_zone or company().time_zone
    told = {"name": booking.name, "title": booking.page.title, "when": when(task.starts_at, zone)}
    notify(user=host, kind=BOOKED, text=text % told, url=task_url(task), obj=task)
