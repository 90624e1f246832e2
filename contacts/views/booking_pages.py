"""The settings of one's own booking pages."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from contacts.forms import BookingPageForm
from contacts.models import BookingPage
from contacts.services.booking import booking_page_create, booking_page_edit
from crm.access.views import ProtectedView
from crm.links import base_url
from crm.records.errors import StaleRecord
from crm.records.merge import differences
from crm.submissions.errors import SentBefore
from crm.submissions.sent import sent_form
from crm.submissions.services import submit_once


class BookingPagesView(ProtectedView):
    permission = "contacts.create_task"

    def get(self, request: HttpRequest) -> HttpResponse:
        pages = BookingPage.objects.filter(user=self.user)
        rows = [
            (page, base_url(request) + reverse("contacts:booking-page", args=[page.slug])) for page in pages
        ]
        return render(request, "contacts/booking_pages.html", {"rows": rows})


class BookingPageCreateView(ProtectedView):
    permission = "contacts.create_task"

    def get(self, request: HttpRequest) -> HttpResponse:
        return page_form(request, BookingPageForm(), None)

    def post(self, request: HttpRequest) -> HttpResponse:
        form = BookingPageForm(request.POST)
        if not form.is_valid():
            return page_form(request, form, None, status=422)
        try:
            submit_once(
                actor=self.user,
                sent=sent_form(request),
                create=lambda: booking_page_create(actor=self.user, values=form.values()),
            )
        except SentBefore as fault:
            form.add_error(None, fault.text)
            return page_form(request, form, None, status=422)
        except ValidationError as fault:
            form.add_error(None, fault)
            return page_form(request, form, None, status=422)
        messages.success(request, _("The booking page is ready: copy its link."))
        return redirect("contacts:settings-booking")


class BookingPageEditView(ProtectedView):
    permission = "contacts.create_task"

    def page(self, pk: int) -> BookingPage:
        found = BookingPage.objects.filter(user=self.user, pk=pk).first()
        if found is None:
            raise Http404
        return found

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        page = self.page(pk)
        return page_form(request, BookingPageForm(instance=page, initial={"version": page.version}), page)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        page = self.page(pk)
        form = BookingPageForm(request.POST, instance=self.page(pk))
        if not form.is_valid():
            return page_form(request, form, page, status=422)
        try:
            booking_page_edit(
                actor=self.user, page=page, values=form.values(), version=form.cleaned_data["version"]
            )
        except StaleRecord as stale:
            now, found = stale.current, differences(stale.current, form.values())
            by_both = form.rebase(BookingPageForm(instance=now, initial={"version": now.version}))
            conflict = [item for item in found if item["name"] in by_both]
            return page_form(request, form, page, status=409, conflict=conflict)
        messages.success(request, _("Saved."))
        return redirect("contacts:settings-booking")


def page_form(
    request: HttpRequest,
    form: BookingPageForm,
    page: BookingPage | None,
    *,
    status: int = 200,
    conflict: Any = None,
) -> HttpResponse:
    context = {"form": form, "obj": page, "conflict": conflict}
    return render(request, "contacts/booking_page_form.html", context, status=status)
