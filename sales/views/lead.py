"""Leads: the working list, a new one, converting, disqualifying, assigning."""

from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from crm.access.services import allowed
from crm.access.views import ProtectedView
from crm.dialogs import render_dialog
from crm.fragments import is_fragment
from crm.lists.state import ListState
from crm.lists.views import RecordListView
from crm.records.errors import StaleRecord
from crm.records.forms import name_version
from crm.records.undo import undo_message
from crm.submissions.errors import SentBefore
from crm.submissions.sent import sent_form
from crm.submissions.services import submit_once
from sales.choices import DisqualifyReason
from sales.deal_forms import refuse
from sales.lead_forms import ConvertForm, DisqualifyForm, LeadForm
from sales.lead_kind import LEADS
from sales.models import Lead
from sales.selectors import lead_find
from sales.services.lead import (
    lead_assign,
    lead_convert,
    lead_create,
    lead_disqualify,
    lead_reopen,
    lead_take,
)


class LeadListView(RecordListView):
    permission = "sales.view_lead"
    kind = LEADS
    template = "sales/lead_list.html"
    empty_template = "sales/lead_list_empty.html"

    def more_context(self, state: ListState) -> dict[str, Any]:
        return {
            "can_create": allowed(self.user, "sales.create_lead"),
            "can_rule": allowed(self.user, "sales.edit_pipeline"),
        }


class LeadRecordView(ProtectedView):
    """A lead is read on the page of its customer."""

    permission = "sales.view_lead"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return redirect("contacts:customer-record", lead_find(self.user, pk).pk)


class LeadPeekView(ProtectedView):
    permission = "sales.view_lead"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return redirect("contacts:customer-peek", lead_find(self.user, pk).pk)


class LeadCreateView(ProtectedView):
    permission = "sales.create_lead"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.page(LeadForm(user=self.user))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = LeadForm(request.POST, user=self.user)
        if form.is_valid():
            try:
                lead = self.save(form)
            except ValidationError as fault:
                form.refuse(fault)
            except SentBefore as fault:
                form.add_error(None, fault.text)
            else:
                return onward(request, reverse("contacts:customer-record", args=[lead.pk]))
        return self.page(form, form.cleaned_data.get("organisation"), status=422)

    def save(self, form: LeadForm) -> Lead:
        return submit_once(
            actor=self.user,
            sent=sent_form(self.request),
            create=lambda: lead_create(actor=self.user, **form.given()),
        )

    def page(self, form: LeadForm, organisation: Any = None, *, status: int = 200) -> HttpResponse:
        context = {"form": form, "organisation": organisation}
        return render_dialog(self.request, "sales/lead_form.html", context, status=status)


def onward(request: HttpRequest, address: str) -> HttpResponse:
    return HttpResponse(headers={"HX-Redirect": address}) if is_fragment(request) else redirect(address)


class LeadDialog(ProtectedView):
    """A small form over the page about one lead."""

    template: ClassVar[str]

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        lead = lead_find(self.user, pk)
        return self.dialog(lead, self.form(lead, None))

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        lead = lead_find(self.user, pk)
        form = self.form(lead, request.POST)
        if form.is_valid():
            try:
                return self.done(lead, form)
            except StaleRecord:
                lead = lead_find(self.user, pk)
                form.add_error(None, _("Somebody else changed this lead meanwhile. Look at it again."))
                name_version(form, lead.version)
                return self.dialog(lead, form, status=409)
            except ValidationError as fault:
                refuse(form, fault)
        return self.dialog(lead, form, status=422)

    def dialog(self, lead: Lead, form: forms.Form, *, status: int = 200) -> HttpResponse:
        return render_dialog(self.request, self.template, {"lead": lead, "form": form}, status=status)

    def form(self, lead: Lead, data: Any) -> forms.Form:
        raise NotImplementedError

    def done(self, lead: Lead, form: Any) -> HttpResponse:
        raise NotImplementedError


class LeadConvertView(LeadDialog):
    permission = "sales.convert_lead"
    template = "sales/lead_convert.html"

    def form(self, lead: Lead, data: Any) -> forms.Form:
        return ConvertForm(data, initial={"version": lead.version, "name": str(lead)})

    def done(self, lead: Lead, form: Any) -> HttpResponse:
        version = form.cleaned_data["version"]
        deal = lead_convert(actor=self.user, lead=lead, values=form.values(), version=version)
        messages.success(self.request, _("%s is a deal now.") % deal)
        return onward(self.request, reverse("sales:deal-record", args=[deal.pk]))


class LeadDisqualifyView(LeadDialog):
    permission = "sales.disqualify_lead"
    template = "sales/lead_disqualify.html"

    def form(self, lead: Lead, data: Any) -> forms.Form:
        return DisqualifyForm(data, initial={"version": lead.version})

    def done(self, lead: Lead, form: Any) -> HttpResponse:
        data = form.cleaned_data
        reason = DisqualifyReason(data["reason"])
        lead_disqualify(actor=self.user, lead=lead, reason=reason, note=data["note"], version=data["version"])
        undo_message(
            self.request, _("%s was disqualified.") % lead, reverse("sales:lead-reopen", args=[lead.pk])
        )
        if is_fragment(self.request):
            return HttpResponse(headers={"HX-Refresh": "true"})
        return redirect("sales:lead-list")


class LeadReopenView(ProtectedView):
    permission = "sales.reopen_lead"

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        lead = lead_reopen(actor=self.user, lead=lead_find(self.user, pk))
        messages.success(request, _("%s is back in the working list.") % lead)
        return redirect("contacts:customer-record", lead.pk)


class LeadTakeView(ProtectedView):
    permission = "sales.take_lead"

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        lead = lead_find(self.user, pk)
        try:
            lead_take(actor=self.user, lead=lead)
        except ValidationError as fault:
            messages.error(request, " ".join(fault.messages))
        else:
            messages.success(request, _("%s is yours now.") % lead)
        return redirect("contacts:customer-record", lead.pk)


class LeadAssignView(ProtectedView):
    permission = "sales.assign_lead"

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        lead = lead_find(self.user, pk)
        messages.success(request, lead_assign(actor=self.user, lead=lead))
        return redirect("contacts:customer-record", lead.pk)
