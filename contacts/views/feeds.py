"""Addresses for other calendars: the page on which they are made, and what they answer."""

import hashlib

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views import View

from contacts.agenda.ics import feed_text
from contacts.forms import FeedForm
from contacts.models import CalendarAccount, CalendarFeed
from contacts.services.feed import feed_create, feed_of, feed_revoke, feed_seen
from crm.access.services import allowed
from crm.access.views import ProtectedView
from crm.links import base_url
from crm.publicforms.rate import Limit, count_visit
from crm.submissions.errors import SentBefore
from crm.submissions.sent import sent_form
from crm.submissions.services import submit_once

#: of one address, whatever it asks for: far more than calendars ask, far too few to guess
ASKED = Limit(most=600, seconds=3600)


class CalendarFeedsView(ProtectedView):
    """GET the list and the form; POST makes an address and shows it, this once."""

    permission = "contacts.view_task"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.page(FeedForm())

    def post(self, request: HttpRequest) -> HttpResponse:
        form = FeedForm(request.POST)
        if not form.is_valid():
            return self.page(form, status=422)
        made: list[str] = []
        try:
            submit_once(actor=self.user, sent=sent_form(request), create=lambda: self.create(form, made))
        except ValidationError as fault:
            form.add_error(None, fault)
            return self.page(form, status=422)
        except SentBefore as fault:
            form.add_error(None, fault.text)
            return self.page(form, status=422)
        if not made:
            messages.info(request, _("This address was made before; it cannot be shown again."))
            return self.page(FeedForm())
        address = base_url(request) + reverse("contacts:calendar-feed", args=made)
        return self.page(FeedForm(), address=address)

    def create(self, form: FeedForm, made: list[str]) -> CalendarFeed:
        feed, token = feed_create(actor=self.user, **form.cleaned_data)
        made.append(token)
        return feed

    def page(self, form: FeedForm, *, address: str = "", status: int = 200) -> HttpResponse:
        feeds = CalendarFeed.objects.filter(user=self.user, revoked_at=None)
        context = {
            "form": form,
            "feeds": feeds,
            "accounts": CalendarAccount.objects.filter(user=self.user),
            "address": address,
            "webcal": f"webcal://{address.partition('://')[2]}" if address else "",
        }
        return render(self.request, "contacts/calendar_feeds.html", context, status=status)


class CalendarFeedRevokeView(ProtectedView):
    permission = "contacts.view_task"
    belongs_to = "contacts:settings-calendar"

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        feed = CalendarFeed.objects.filter(user=self.user, pk=pk).first()
        if feed is None:
            raise Http404
        feed_revoke(actor=self.user, feed=feed)
        messages.success(request, _("%s shows nothing any more.") % feed.name)
        return redirect("contacts:settings-calendar")


class CalendarFeedView(View):
    """The calendar for whoever knows the address. A guess, a revoked one and one of somebody who left are the same."""

    http_method_names = ("get", "head", "options")

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        if not count_visit("calendar feed", str(request.META.get("REMOTE_ADDR", "")), ASKED):
            return HttpResponse(status=429, headers={"Retry-After": str(ASKED.seconds)})
        feed = feed_of(token)
        if not allowed(feed.user, "contacts.view_task"):
            raise Http404
        text = feed_text(feed.user, with_tasks=feed.with_tasks)
        feed_seen(feed)
        tag = f'"{hashlib.sha256(text).hexdigest()[:32]}"'
        headers = {"ETag": tag, "Cache-Control": "private, no-cache", "X-Robots-Tag": "noindex"}
        if tag in request.headers.get("If-None-Match", ""):
            return HttpResponse(status=304, headers=headers)
        headers["Content-Disposition"] = 'attachment; filename="calendar.ics"'
        return HttpResponse(text, content_type="text/calendar; charset=utf-8", headers=headers)
