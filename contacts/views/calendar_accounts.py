"""Connected calendars: connecting, setting up, what they ask, and the events that lie in them."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from contacts.choices import GoneAnswer
from contacts.forms.caldav import AdoptForm, CalendarAccountForm, ConnectForm
from contacts.models import CalendarAccount, CalendarLink
from contacts.services.calendar_account import (
    calendar_check,
    calendar_connect,
    calendar_disconnect,
    calendar_edit,
    calendars_ask,
)
from contacts.services.calendar_events import attendees_known, gone_answer, link_find, time_adopt, time_find
from contacts.views.back import back
from crm.access.services import allowed
from crm.access.views import ProtectedView
from crm.dialogs import render_dialog
from crm.records.errors import StaleRecord
from crm.records.merge import differences
from crm.submissions.errors import SentBefore
from crm.submissions.sent import sent_form
from crm.submissions.services import submit_once


class CalendarConnectView(ProtectedView):
    """The server is asked at once, so that what is wrong is told at its field."""

    permission = "contacts.view_task"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.page(ConnectForm())

    def post(self, request: HttpRequest) -> HttpResponse:
        form = ConnectForm(request.POST)
        if not form.is_valid():
            return self.page(form, status=422)
        try:
            account = self.connect(form)
        except SentBefore as fault:
            form.add_error(None, fault.text)
            return self.page(form, status=422)
        except ValidationError as fault:
            form.add_error(None, fault)
            return self.page(form, status=422)
        if account.calendar_url:
            messages.success(request, _("Connected. Your calls and meetings are on their way."))
        return redirect("contacts:calendar-account", account.pk)

    def connect(self, form: ConnectForm) -> CalendarAccount:
        values = dict(form.cleaned_data)
        password = values.pop("password")
        asked = {"url": values["url"], "username": values["username"], "password": password}
        found = calendars_ask(actor=self.user, **asked)
        account: CalendarAccount = submit_once(
            actor=self.user,
            sent=sent_form(self.request),
            create=lambda: calendar_connect(actor=self.user, values=values, password=password, found=found),
        )
        return account

    def page(self, form: ConnectForm, *, status: int = 200) -> HttpResponse:
        return render(self.request, "contacts/calendar_connect.html", {"form": form}, status=status)


class AccountPage(ProtectedView):
    permission = "contacts.view_task"

    def account(self, pk: int) -> CalendarAccount:
        found = CalendarAccount.objects.filter(user=self.user, pk=pk).first()
        if found is None:
            raise Http404
        return found


class CalendarAccountView(AccountPage):
    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        account = self.account(pk)
        return self.page(account, CalendarAccountForm(instance=account, initial={"version": account.version}))

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        account = self.account(pk)
        form = CalendarAccountForm(request.POST, instance=self.account(pk))
        if not form.is_valid():
            return self.page(account, form, status=422)
        try:
            calendar_edit(
                actor=self.user,
                account=account,
                values=form.values(),
                version=form.cleaned_data["version"],
                password=form.cleaned_data["password"],
            )
        except StaleRecord as stale:
            return self.conflict(form, stale.current)
        except ValidationError as fault:
            form.add_error(None, fault)
            return self.page(self.account(pk), form, status=422)
        messages.success(request, _("Saved."))
        return redirect("contacts:calendar-account", pk)

    def conflict(self, form: CalendarAccountForm, now: Any) -> HttpResponse:
        found = differences(now, form.values())
        by_both = form.rebase(CalendarAccountForm(instance=now, initial={"version": now.version}))
        conflict = [item for item in found if item["name"] in by_both]
        return self.page(now, form, status=409, conflict=conflict)

    def page(
        self, account: CalendarAccount, form: CalendarAccountForm, *, status: int = 200, conflict: Any = None
    ) -> HttpResponse:
        links = CalendarLink.objects.filter(account=account)
        context = {
            "account": account,
            "form": form,
            "conflict": conflict,
            "notes": links.exclude(note="").select_related("task").order_by("-noted_at")[:50],
            "answers": GoneAnswer.choices,
            "written": links.filter(is_adopted=False, gone_at=None).exclude(etag="").count(),
            "events": account.events.count(),
            "unread": account.events.exclude(problem="")[:20],
        }
        return render(self.request, "contacts/calendar_account.html", context, status=status)


class CalendarAccountCheckView(AccountPage):
    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        calendar_check(actor=self.user, account=self.account(pk))
        messages.success(request, _("The calendar is being compared."))
        return redirect("contacts:calendar-account", pk)


class CalendarAccountDisconnectView(AccountPage):
    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        account = self.account(pk)
        calendar_disconnect(actor=self.user, account=account)
        text = _("%s is disconnected. What was written there stays there.")
        messages.success(request, text % account.name)
        return redirect("contacts:settings-calendar")


class CalendarLinkAnswerView(ProtectedView):
    """What becomes of a meeting that was deleted or moved in the other calendar."""

    permission = "contacts.view_task"
    belongs_to = "contacts:settings-calendar"

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        link = link_find(self.user, pk)
        answer = request.POST.get("answer", "")
        if answer in GoneAnswer.values:
            gone_answer(actor=self.user, link=link, answer=answer)
        return redirect("contacts:calendar-account", link.account_id)


class CalendarTimeView(ProtectedView):
    """A dialog: an event of one's other calendar, who takes part, and the way onto a record."""

    permission = "contacts.view_task"
    belongs_to = "contacts:calendar"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self.dialog(pk, None)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        time = time_find(self.user, pk)
        form = AdoptForm(request.POST, user=self.user)
        if not form.is_valid():
            return self.dialog(pk, form, status=422)
        try:
            task = time_adopt(actor=self.user, time=time, customer=form.cleaned_data["customer"])
        except ValidationError as fault:
            form.add_error(None, ValidationError(fault.messages))
            return self.dialog(pk, form, status=422)
        where = task.customer.name if task.customer else _("your calendar")
        return back(
            request, _("%(title)s is on the record: %(where)s") % {"title": task.title, "where": where}
        )

    def dialog(self, pk: int, form: AdoptForm | None, *, status: int = 200) -> HttpResponse:
        time = time_find(self.user, pk)
        known = attendees_known(self.user, time)
        can_adopt = not time.is_all_day and allowed(self.user, "contacts.create_task")
        context = {
            "time": time,
            "known": known,
            "form": form or AdoptForm(user=self.user),
            "can_adopt": can_adopt,
            "back": reverse("contacts:calendar"),
        }
        return render_dialog(self.request, "contacts/calendar_time.html", context, status=status)
