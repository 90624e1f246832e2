"""Discounts beyond a limit: asking for them, the working list of those who decide, and their answers."""

from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from contacts.selectors import value_strip
from crm.access.services import allowed, field_level, find
from crm.access.views import ProtectedView
from crm.dialogs import render_dialog
from crm.fragments import is_fragment
from crm.lists.views import RecordListView
from crm.records.history import history_rows
from sales.approval_forms import ApproveForm, AskForm, RejectForm
from sales.approval_kind import APPROVALS
from sales.approval_words import excess_words, term_words
from sales.approvals import Written, approvals, beyond, discounted, lines_of, may_decide
from sales.deal_forms import refuse
from sales.discounts import effective_rate, limits_of, read_terms
from sales.models import Deal, DiscountApproval, Quote
from sales.quote_selectors import quote_find
from sales.selectors import deal_find
from sales.services.approval import approval_approve, approval_ask, approval_reject, approval_withdraw
from sales.views.deal_record import visible_customer

ROWS = (
    "deal__customer__organisation",
    "deal__payer",
    "deal__owner",
    "deal__team",
    "quote",
    "asked_by",
    "decided_by",
)


class ApprovalListView(RecordListView):
    permission = "sales.view_deal"
    kind = APPROVALS
    empty_template = "sales/approval_list_empty.html"


class ApprovalPage(ProtectedView):
    def approval(self, pk: int) -> DiscountApproval:
        return find(approvals(self.user).select_related(*ROWS), self.user, pk)


class ApprovalRecordView(ApprovalPage):
    """What is asked, for what, for whom, and what came of it."""

    permission = "sales.view_deal"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        approval = self.approval(pk)
        deal = approval.deal
        customer = visible_customer(self, deal)
        context = {
            "approval": approval,
            "deal": deal,
            "customer": customer,
            "terms": [term_words(self.user, term) for term in read_terms(approval.terms)],
            "lines": [line_row(line) for line in lines_of(deal, approval.quote)],
            "shows_margin": field_level(self.user, "finance") != "hidden",
            "can": rights(self, approval),
            "history": history_rows(self.user, approval),
            "why_url": reverse("contacts:customer-record", args=[customer.pk]) if customer else "",
            **(value_strip(self.user, customer) if customer else {}),
        }
        return render(request, "sales/approval_record.html", context)


def line_row(line: Written) -> dict[str, Any]:
    return {
        "text": line.text,
        "is_free": line.product is None,
        "quantity": line.quantity.normalize(),
        "book_amount": line.book_amount,
        "effective_rate": effective_rate(line.unit_amount, line.discount_rate, line.book_amount),
        "line_amount": line.line_amount,
    }


def rights(view: ProtectedView, approval: DiscountApproval) -> dict[str, bool]:
    own = approval.asked_by_id == view.user.pk
    decides = approval.is_open and not own and allowed(view.user, "sales.approve_discount", approval.deal)
    return {
        "approve": decides and may_decide(view.user, approval),
        "reject": decides,
        "withdraw": approval.is_open and approval.asked_by_id == view.user.pk,
    }


class AskView(ProtectedView):
    """A dialog over the deal or the quote that says what goes beyond the limit."""

    permission = "sales.edit_deal"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        deal, quote = self.about(pk)
        return self.dialog(deal, quote, AskForm())

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        deal, quote = self.about(pk)
        form = AskForm(request.POST)
        if form.is_valid():
            try:
                approval_ask(actor=self.user, deal=deal, quote=quote, **form.cleaned_data)
            except ValidationError as fault:
                refuse(form, fault)
            else:
                messages.success(request, _("Asked for. You are told as soon as somebody has decided."))
                return back(request, deal, quote)
        return self.dialog(deal, quote, form, status=422)

    def about(self, pk: int) -> tuple[Deal, Quote | None]:
        return deal_find(self.user, pk), None

    def dialog(self, deal: Deal, quote: Quote | None, form: AskForm, *, status: int = 200) -> HttpResponse:
        found = beyond(discounted(quote or deal, lines_of(deal, quote)), limits_of(self.user), deal)
        context = {
            "deal": deal,
            "quote": quote,
            "form": form,
            "address": self.request.path,
            "excess": [excess_words(self.user, one) for one in found],
        }
        return render_dialog(self.request, "sales/approval_ask.html", context, status=status)


class QuoteAskView(AskView):
    def about(self, pk: int) -> tuple[Deal, Quote | None]:
        quote = quote_find(self.user, pk)
        return quote.deal, quote


def back(request: HttpRequest, deal: Deal, quote: Quote | None) -> HttpResponse:
    if is_fragment(request):
        return HttpResponse(headers={"HX-Refresh": "true"})
    return redirect("sales:quote-record", quote.pk) if quote else redirect("sales:deal-record", deal.pk)


class DecideView(ApprovalPage):
    """A dialog with room for a reason; two who decide at once: the second is told what the first said."""

    form_class: ClassVar[type[forms.Form]]
    template: ClassVar[str]

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self.dialog(self.approval(pk), self.form_class())

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        approval, form = self.approval(pk), self.form_class(request.POST)
        if form.is_valid():
            try:
                text = self.decide(approval, form.cleaned_data["reason"])
            except ValidationError as fault:
                refuse(form, fault)
            else:
                messages.success(request, text)
                if is_fragment(request):
                    return HttpResponse(headers={"HX-Refresh": "true"})
                return redirect("sales:approval-record", pk)
        return self.dialog(approval, form, status=422)

    def decide(self, approval: DiscountApproval, reason: str) -> str:
        raise NotImplementedError

    def dialog(self, approval: DiscountApproval, form: forms.Form, *, status: int = 200) -> HttpResponse:
        context = {"approval": approval, "form": form, "address": self.request.path}
        return render_dialog(self.request, self.template, context, status=status)


class ApprovalApproveView(DecideView):
    permission = "sales.approve_discount"
    form_class = ApproveForm
    template = "sales/approval_approve.html"

    def decide(self, approval: DiscountApproval, reason: str) -> str:
        approval_approve(actor=self.user, approval=approval, reason=reason)
        return _("Approved: %s") % approval


class ApprovalRejectView(DecideView):
    permission = "sales.reject_discount"
    form_class = RejectForm
    template = "sales/approval_reject.html"

    def decide(self, approval: DiscountApproval, reason: str) -> str:
        approval_reject(actor=self.user, approval=approval, reason=reason)
        return _("Refused: %s") % approval


class ApprovalWithdrawView(ApprovalPage):
    permission = "sales.edit_deal"

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        approval = self.approval(pk)
        try:
            approval_withdraw(actor=self.user, approval=approval)
        except ValidationError as fault:
            messages.error(request, " ".join(fault.messages))
        else:
            messages.success(request, _("No longer asked for."))
        return redirect("sales:deal-record", approval.deal_id)
