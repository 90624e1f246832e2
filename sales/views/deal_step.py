"""Moving, winning, losing and reopening a deal, and undoing each of these."""

import json
from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from crm.access.views import ProtectedView
from crm.dialogs import render_dialog
from crm.fragments import is_fragment
from crm.lists.filters import readable_id
from crm.records.errors import StaleRecord
from crm.records.forms import name_version
from crm.records.undo import undo_message
from sales.choices import StageKind
from sales.deal_forms import LoseForm, MoveForm, ReopenForm, WinForm, refuse
from sales.models import Deal
from sales.selectors import deal_find
from sales.services.deal_stage import deal_lose, deal_move, deal_reopen, deal_win, step_undo


def undo_url(deal: Deal) -> str:
    """Of the step that was just taken: it can be undone as long as the deal is as it left it."""
    return f"{reverse('sales:deal-step-undo', args=[deal.pk])}?version={deal.version}"


def moved_on(deal: Deal) -> str:
    return _("Somebody else moved %(deal)s meanwhile: it is in %(stage)s now.") % {
        "deal": deal,
        "stage": deal.stage,
    }


class DealMoveView(ProtectedView):
    """From the board: 204 with a toast, 409 when somebody else was first. From a page: back to the record."""

    permission = "sales.move_deal"

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        deal = deal_find(self.user, pk)
        form = MoveForm(request.POST)
        if not form.is_valid():
            return refused(request, deal, _("There is no such stage any more."), 422)
        try:
            stage, version = form.cleaned_data["value"], form.cleaned_data["version"]
            deal = deal_move(actor=self.user, deal=deal, stage=stage, version=version)
        except StaleRecord:
            return refused(request, deal, moved_on(deal_find(self.user, pk)), 409)
        except ValidationError as fault:
            return refused(request, deal, " ".join(fault.messages), 422)
        return done(request, deal, _("%(deal)s: %(stage)s") % {"deal": deal, "stage": stage})


def done(request: HttpRequest, deal: Deal, text: str) -> HttpResponse:
    """A board takes the toast at once, a page shows it when it comes back."""
    if is_fragment(request):
        toast = {"text": text, "tone": "success", "undo": undo_url(deal)}
        return HttpResponse(status=204, headers={"HX-Trigger": json.dumps({"toast": toast})})
    undo_message(request, text, undo_url(deal))
    return redirect("sales:deal-record", deal.pk)


def refused(request: HttpRequest, deal: Deal, text: str, status: int) -> HttpResponse:
    if is_fragment(request):
        return HttpResponse(text, status=status, content_type="text/plain; charset=utf-8")
    messages.error(request, text)
    return redirect("sales:deal-record", deal.pk)


class StepDialog(ProtectedView):
    """A small form over the page; after it the page is loaded anew, with the toast."""

    template: ClassVar[str]

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        deal = deal_find(self.user, pk)
        return self.dialog(deal, self.form(deal, None))

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        deal = deal_find(self.user, pk)
        form = self.form(deal, request.POST)
        if form.is_valid():
            try:
                deal, text = self.step(deal, form)
            except StaleRecord:
                deal = deal_find(self.user, pk)
                form.add_error(None, moved_on(deal))
                name_version(form, deal.version)
                return self.dialog(deal, form, status=409)
            except ValidationError as fault:
                refuse(form, fault)
            else:
                return self.done(deal, text)
        return self.dialog(deal, form, status=422)

    def done(self, deal: Deal, text: str) -> HttpResponse:
        undo_message(self.request, text, undo_url(deal))
        if is_fragment(self.request):
            return HttpResponse(headers={"HX-Refresh": "true"})
        return redirect("sales:deal-record", deal.pk)

    def dialog(self, deal: Deal, form: forms.Form, *, status: int = 200) -> HttpResponse:
        context = {"deal": deal, "form": form, **self.more(deal)}
        return render_dialog(self.request, self.template, context, status=status)

    def more(self, deal: Deal) -> dict[str, Any]:
        return {}

    def form(self, deal: Deal, data: Any) -> forms.Form:
        raise NotImplementedError

    def step(self, deal: Deal, form: forms.Form) -> tuple[Deal, str]:
        """Do it; the deal as it stands then, and what the toast says."""
        raise NotImplementedError


class DealWinView(StepDialog):
    permission = "sales.win_deal"
    template = "sales/deal_win.html"

    def form(self, deal: Deal, data: Any) -> forms.Form:
        return WinForm(data, deal=deal, initial={"version": deal.version})

    def more(self, deal: Deal) -> dict[str, Any]:
        return {"lines": deal.lines.select_related("product")}

    def step(self, deal: Deal, form: forms.Form) -> tuple[Deal, str]:
        deal, order = deal_win(
            actor=self.user,
            deal=deal,
            amount=form.cleaned_data.get("amount"),
            version=form.cleaned_data["version"],
        )
        return deal, _("Won: %(deal)s. Order %(order)s was placed.") % {"deal": deal, "order": order}


class DealLoseView(StepDialog):
    permission = "sales.lose_deal"
    template = "sales/deal_lose.html"

    def form(self, deal: Deal, data: Any) -> forms.Form:
        return LoseForm(data, initial={"version": deal.version})

    def step(self, deal: Deal, form: forms.Form) -> tuple[Deal, str]:
        deal = deal_lose(actor=self.user, deal=deal, **form.cleaned_data)
        return deal, _("Lost: %s") % deal


class DealReopenView(StepDialog):
    permission = "sales.reopen_deal"
    template = "sales/deal_reopen.html"

    def form(self, deal: Deal, data: Any) -> forms.Form:
        left = deal.stage_changes.filter(undone_at=None).last()
        stage = left.from_stage_id if left else None
        return ReopenForm(data, initial={"version": deal.version, "stage": stage})

    def more(self, deal: Deal) -> dict[str, Any]:
        return {"is_won": deal.state == StageKind.WON}

    def step(self, deal: Deal, form: forms.Form) -> tuple[Deal, str]:
        deal = deal_reopen(actor=self.user, deal=deal, **form.cleaned_data)
        return deal, _("Open again: %s") % deal


class StepUndoView(ProtectedView):
    permission = "sales.move_deal"

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        deal = deal_find(self.user, pk)
        text = request.GET.get("version", "")
        try:
            deal = step_undo(actor=self.user, deal=deal, version=int(text) if readable_id(text) else None)
        except StaleRecord:
            return refused(request, deal, moved_on(deal_find(self.user, pk)), 409)
        except ValidationError as fault:
            return refused(request, deal, " ".join(fault.messages), 422)
        text = _("%s is back where it was.") % deal
        if is_fragment(request):
            toast = {"text": text, "tone": "success"}
            return HttpResponse(status=204, headers={"HX-Trigger": json.dumps({"toast": toast})})
        messages.success(request, text)
        return redirect("sales:deal-record", deal.pk)
