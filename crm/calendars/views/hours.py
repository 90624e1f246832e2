"""Business hours and holidays: the calendars, one calendar with its days."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from crm.access.services import allowed
from crm.access.views import ProtectedView
from crm.calendars.forms import CalendarForm, OwnDayForm, new_calendar
from crm.calendars.models import BusinessCalendar, OwnDay
from crm.calendars.selectors import calendar_find, calendars, default_calendar, special_days
from crm.calendars.services import (
    calendar_create,
    calendar_delete,
    calendar_edit,
    calendar_make_default,
    own_day_remove,
    own_day_set,
)
from crm.company.selectors import company, company_day
from crm.lists.filters import readable_id
from crm.records.errors import StaleRecord
from crm.submissions.errors import SentBefore
from crm.submissions.sent import sent_form
from crm.submissions.services import submit_once


class CalendarListView(ProtectedView):
    permission = "calendars.view_calendar"

    def get(self, request: HttpRequest) -> HttpResponse:
        rows = list(calendars(self.user))
        today = company_day()
        for row in rows:
            days = special_days(row, today.year) + special_days(row, today.year + 1)
            row.next_day = next((day for day in days if day.on >= today and not day.is_open), None)  # type: ignore[attr-defined]
        context = {
            "rows": rows,
            "assumed": None if rows else default_calendar(),
            "can_create": allowed(self.user, "calendars.create_calendar"),
        }
        return render(request, "calendars/calendar_list.html", context)


class CalendarCreateView(ProtectedView):
    permission = "calendars.create_calendar"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.page(request, CalendarForm(calendar=self.draft()))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = CalendarForm(request.POST, calendar=self.draft())
        if form.is_valid():
            try:
                calendar = submit_once(
                    actor=self.user,
                    sent=sent_form(request),
                    create=lambda: calendar_create(actor=self.user, values=form.values()),
                )
            except ValidationError as fault:
                form.add_error(None if not hasattr(fault, "error_dict") else "name", fault)
            except SentBefore as fault:
                form.add_error(None, fault.text)
            else:
                return redirect("calendars:calendar", calendar.pk)
        return self.page(request, form, status=422)

    def draft(self) -> BusinessCalendar:
        place = company()
        return new_calendar(place.time_zone, place.country)

    def page(self, request: HttpRequest, form: CalendarForm, status: int = 200) -> HttpResponse:
        return render(request, "calendars/calendar_create.html", {"form": form}, status=status)


class CalendarView(ProtectedView):
    """One calendar: name, zone, week; and the days of a year (`?year=`)."""

    permission = "calendars.view_calendar"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        calendar = calendar_find(self.user, pk)
        return calendar_page(self, calendar, CalendarForm(calendar=calendar))

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        calendar = calendar_find(self.user, pk)
        if not allowed(self.user, "calendars.edit_calendar"):
            raise PermissionDenied
        form = CalendarForm(request.POST, calendar=calendar)
        if not form.is_valid():
            return calendar_page(self, calendar, form, status=422)
        try:
            calendar_edit(
                actor=self.user,
                calendar=calendar,
                values=form.values(),
                version=form.cleaned_data["version"],
            )
        except ValidationError as fault:
            form.add_error(None, fault)
            return calendar_page(self, calendar, form, status=422)
        except StaleRecord as fault:
            both = form.rebase(CalendarForm(calendar=fault.current))
            return calendar_page(self, fault.current, form, status=409, both=both)
        messages.success(request, _("Saved."))
        return redirect("calendars:calendar", calendar.pk)


def calendar_page(
    view: ProtectedView,
    calendar: BusinessCalendar,
    form: CalendarForm,
    *,
    day_form: OwnDayForm | None = None,
    status: int = 200,
    both: set[str] | None = None,
) -> HttpResponse:
    year = read_year(view.request.GET.get("year", ""))
    context: dict[str, Any] = {
        "calendar": calendar,
        "form": form,
        "day_form": day_form or OwnDayForm(),
        "days": special_days(calendar, year),
        "years": {"before": year - 1, "shown": year, "after": year + 1},
        "can_edit": allowed(view.user, "calendars.edit_calendar"),
        "can_delete": allowed(view.user, "calendars.delete_calendar") and not calendar.is_default,
        "both_changed": None if both is None else [form[name] for name in sorted(both)],
    }
    return render(view.request, "calendars/calendar.html", context, status=status)


def read_year(text: str) -> int:
    """The year of the page; this one for what is none."""
    this = company_day().year
    return int(text) if readable_id(text) and abs(int(text) - this) <= 20 else this


class CalendarDefaultView(ProtectedView):
    permission = "calendars.edit_calendar"

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        calendar = calendar_make_default(actor=self.user, calendar=calendar_find(self.user, pk))
        messages.success(request, _("%s are the company's hours now.") % calendar)
        return redirect("calendars:calendar", pk)


class CalendarDeleteView(ProtectedView):
    permission = "calendars.delete_calendar"

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        calendar = calendar_find(self.user, pk)
        try:
            calendar_delete(actor=self.user, calendar=calendar)
        except ValidationError as fault:
            messages.error(request, " ".join(fault.messages))
            return redirect("calendars:calendar", pk)
        messages.success(request, _("%s is deleted.") % calendar)
        return redirect("calendars:calendar-list")


class OwnDaySetView(ProtectedView):
    permission = "calendars.edit_calendar"

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        calendar = calendar_find(self.user, pk)
        form = OwnDayForm(request.POST)
        if not form.is_valid():
            return calendar_page(self, calendar, CalendarForm(calendar=calendar), day_form=form, status=422)
        values = form.cleaned_data
        own_day_set(
            actor=self.user,
            calendar=calendar,
            day=values["day_on"],
            name=values["name"],
            is_open=values["is_open"],
        )
        return redirect(days_of(pk, values["day_on"].year))


class OwnDayRemoveView(ProtectedView):
    permission = "calendars.edit_calendar"

    def post(self, request: HttpRequest, pk: int, day_pk: int) -> HttpResponse:
        calendar = calendar_find(self.user, pk)
        day = OwnDay.objects.filter(calendar=calendar, pk=day_pk).select_related("calendar").first()
        if day is None:
            raise Http404
        year = day.day_on.year
        own_day_remove(actor=self.user, own_day=day)
        return redirect(days_of(pk, year))


def days_of(pk: int, year: int) -> str:
    return f"{reverse('calendars:calendar', args=[pk])}?year={year}#days"
