"""The public page on which others book a meeting, and the page of what they booked. Nobody signs in here."""

from datetime import date, datetime, timedelta
from functools import cache
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo, available_timezones

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views import View

from contacts.agenda.invitation import invitation
from contacts.agenda.offered import offered
from contacts.agenda.window import read_day
from contacts.forms import BOOKING_GUARD, BookForm, SlotForm
from contacts.models import Booking, BookingPage
from contacts.services.booking import (
    Taken,
    booking_cancel,
    booking_move,
    booking_of,
    is_changeable,
    meeting_book,
    page_of,
)
from crm.calendars.selectors import day_of
from crm.company.selectors import company, forget_company
from crm.publicforms.guard import Suspicion
from crm.publicforms.rate import Limit, count_visit
from crm.staff.forms import time_zone_choices

SHOWN = timedelta(days=14)
SLOT = "%Y%m%dT%H%MZ"
#: pages with times that one address may ask for
ASKED = Limit(most=400, seconds=3600)


@cache
def zones() -> frozenset[str]:
    return frozenset(available_timezones())


class PublicView(View):
    """What everybody may open: counted, never kept by a cache, found by no search engine."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        forget_company()
        if not count_visit("booking page", str(request.META.get("REMOTE_ADDR", "")), ASKED):
            return HttpResponse(
                _("Too many requests. Try again later."), status=429, headers={"Retry-After": "3600"}
            )
        response = super().dispatch(request, *args, **kwargs)
        response.headers["X-Robots-Tag"] = "noindex"
        response.headers["Cache-Control"] = "no-store"
        response.headers["Referrer-Policy"] = "same-origin"
        return response

    @property
    def zone(self) -> str:
        """The visitor's own, else the company's."""
        asked = self.request.GET.get("zone", "")
        return asked if asked in zones() else company().time_zone


class BookingPageView(PublicView):
    """GET the free times, or with `at` the form for one; POST books it. With `move` it moves what was booked before."""

    def get(self, request: HttpRequest, slug: str) -> HttpResponse:
        page = page_of(slug)
        at = read_slot(request.GET.get("at", ""))
        form = self.form(page, initial={"at": at.strftime(SLOT)}) if at else None
        return self.page(page, form, at)

    def post(self, request: HttpRequest, slug: str) -> HttpResponse:
        page = page_of(slug)
        judged = BOOKING_GUARD.judge(request)
        form = self.form(page, request.POST)
        if not form.is_valid():
            return self.page(page, form, form.cleaned_data.get("at"), status=422)
        if judged is Suspicion.HONEYPOT:  # it is told what everybody is told, and nothing is booked
            return render(request, "contacts/booking_asked.html", {"page": page})
        if judged is not Suspicion.NONE:
            form.add_error(None, told(judged))
            return self.page(page, form, form.cleaned_data["at"], status=422)
        try:
            token = self.save(page, form)
        except Taken as fault:
            form.add_error(None, fault.messages[0])
            return self.page(page, None, None, status=409, fault=fault.messages[0])
        return redirect("contacts:booking", token)

    def form(self, page: BookingPage, data: Any = None, **options: Any) -> SlotForm:
        return (SlotForm if self.moved(page) else BookForm)(data, **options)

    def moved(self, page: BookingPage) -> Booking | None:
        """What was booked before and is to be moved. Raises Http404 for a secret that is none."""
        token = self.request.GET.get("move", "")
        if not token:
            return None
        booking = booking_of(token)
        if booking.page_id != page.pk or not is_changeable(booking, booking.task):
            raise Http404
        return booking

    def save(self, page: BookingPage, form: SlotForm) -> str:
        booking = self.moved(page)
        if booking is not None:
            token = self.request.GET["move"]
            booking_move(booking=booking, at=form.cleaned_data["at"], token=token)
            return token
        values = {name: form.cleaned_data[name] for name in ("at", "name", "email", "note")}
        return meeting_book(page=page, time_zone=self.zone, **values)[1]

    def page(
        self, page: BookingPage, form: SlotForm | None, at: Any, *, status: int = 200, fault: str = ""
    ) -> HttpResponse:
        first = max(read_day(self.request.GET.get("from", "")) or day_of(page.user), day_of(page.user))
        last = first + SHOWN - timedelta(days=1)
        booking = self.moved(page)
        slots = [] if form else offered(page, first, last, apart_from=booking.task_id if booking else 0)
        zone = ZoneInfo(self.zone)
        context = {
            "page": page,
            "form": form,
            "fault": fault,
            "moved": booking,
            "zone": self.zone,
            "zones": time_zone_choices(),
            "at": at.astimezone(zone).replace(tzinfo=None) if isinstance(at, datetime) else None,
            "until": (at + page.lasts).astimezone(zone).replace(tzinfo=None)
            if isinstance(at, datetime)
            else None,
            "days": by_day(slots, zone, self.link),
            "back_url": self.link(),
            "earlier_url": self.link(**{"from": max(first - SHOWN, day_of(page.user)).isoformat()})
            if first > day_of(page.user)
            else "",
            "later_url": self.link(**{"from": (first + SHOWN).isoformat()})
            if last < day_of(page.user) + timedelta(days=page.days_ahead)
            else "",
        }
        return render(self.request, "contacts/booking_page.html", context, status=status)

    def link(self, **asked: str) -> str:
        """An address of this page that keeps zone and what is moved."""
        kept = {"zone": self.zone, "move": self.request.GET.get("move", "")}
        return "?" + urlencode({name: value for name, value in (kept | asked).items() if value})


def read_slot(text: str) -> datetime | None:
    try:
        found: datetime | None = SlotForm.base_fields["at"].to_python(text)
    except ValidationError:
        return None
    return found


def told(judged: Suspicion) -> str:
    if judged is Suspicion.TOO_MANY:
        return _("That was too often. Try again in an hour.")
    return _("Please send it once more.")


def by_day(slots: list[datetime], zone: ZoneInfo, link: Any) -> list[tuple[date, list[tuple[str, str]]]]:
    """The visitor's days, each with (clock, address) of its times."""
    found: dict[date, list[tuple[str, str]]] = {}
    for slot in slots:
        local = slot.astimezone(zone)
        found.setdefault(local.date(), []).append((f"{local:%H:%M}", link(at=slot.strftime(SLOT))))
    return list(found.items())


class BookingView(PublicView):
    """What was booked, for whoever has the link: GET shows it, POST cancels it."""

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        booking = booking_of(token)
        task, zone = booking.task, ZoneInfo(booking.time_zone)
        context = {
            "booking": booking,
            "page": booking.page,
            "task": task,
            "starts": task.starts_at and task.starts_at.astimezone(zone).replace(tzinfo=None),
            "ends": task.ends_at and task.ends_at.astimezone(zone).replace(tzinfo=None),
            "is_gone": bool(booking.cancelled_at or task.deleted_at),
            "can_change": is_changeable(booking, task),
            "token": token,
            "move_url": f"{reverse('contacts:booking-page', args=[booking.page.slug])}?"
            + urlencode({"zone": booking.time_zone, "move": token}),
        }
        return render(request, "contacts/booking.html", context)

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        booking_cancel(booking=booking_of(token), token=token)
        return redirect("contacts:booking", token)


class BookingFileView(PublicView):
    """The meeting for the visitor's calendar."""

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        booking = booking_of(token)
        headers = {"Content-Disposition": 'attachment; filename="meeting.ics"'}
        text = invitation(booking, booking.task)
        return HttpResponse(text, content_type="text/calendar; charset=utf-8", headers=headers)
