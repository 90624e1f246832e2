"""Quotes: the list, a new one from a deal, editing a draft, sending, new versions, withdrawing."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from crm.access.services import allowed
from crm.access.views import ProtectedView
from crm.company.selectors import company_day
from crm.dialogs import render_dialog
from crm.fragments import is_fragment
from crm.lists.views import RecordListView
from crm.records.errors import StaleRecord
from crm.records.forms import name_version
from crm.submissions.errors import SentBefore
from crm.submissions.sent import sent_form
from crm.submissions.services import submit_once
from sales.deal_forms import refuse
from sales.deal_pricing import deal_price
from sales.forms import LineForms
from sales.models import Quote
from sales.quote_defaults import addresses
from sales.quote_forms import QuoteForm, SendForm
from sales.quote_kind import QUOTES
from sales.quote_selectors import quote_find
from sales.quote_words import mail_words
from sales.selectors import deal_find
from sales.services.quote import lines_of, quote_create, quote_edit, quote_revise, quote_withdraw
from sales.services.quote_file import quote_file_retry
from sales.services.quote_send import quote_send
from sales.views.deal_parts import line_initial


class QuoteListView(RecordListView):
    permission = "sales.view_deal"
    kind = QUOTES
    empty_template = "sales/quote_list_empty.html"


class QuoteCreateView(ProtectedView):
    """One click on the deal's page: a draft of its lines."""

    permission = "sales.edit_deal"

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        deal = deal_find(self.user, pk)
        try:
            quote = submit_once(
                actor=self.user,
                sent=sent_form(request),
                create=lambda: quote_create(actor=self.user, deal=deal),
            )
        except (ValidationError, SentBefore) as fault:
            messages.error(request, words(fault))
            return redirect("sales:deal-record", pk)
        return redirect("sales:quote-record", quote.pk)


def words(fault: ValidationError | SentBefore) -> str:
    return fault.text if isinstance(fault, SentBefore) else " ".join(fault.messages)


class QuoteEditView(ProtectedView):
    """The draft and its lines as one form."""

    permission = "sales.edit_deal"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        quote = quote_find(self.user, pk)
        if not quote.is_draft or not allowed(self.user, "sales.edit_deal", quote.deal):
            return redirect("sales:quote-record", pk)
        rows = [line_initial(line) for line in lines_of(quote)]
        return self.page(quote, QuoteForm(quote=quote), self.forms(quote, None, rows))

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        quote = quote_find(self.user, pk)
        form, lines = QuoteForm(request.POST, quote=quote), self.forms(quote, request.POST)
        if not (form.is_valid() & lines.is_valid()):
            return self.page(quote, form, lines, status=422)
        try:
            quote_edit(
                actor=self.user,
                quote=quote,
                values=form.values(),
                lines=lines.lines(),
                version=form.cleaned_data["version"],
            )
        except StaleRecord as stale:
            form.add_error(
                None,
                _("Somebody else changed this quote meanwhile. Look at it, then save again to replace it."),
            )
            name_version(form, stale.current.version)
            return self.page(quote, form, lines, status=409)
        except ValidationError as fault:
            refuse(form, fault)
            return self.page(quote, form, lines, status=422)
        messages.success(request, _("Saved. The PDF is made anew."))
        return redirect("sales:quote-record", pk)

    def forms(self, quote: Quote, data: Any, initial: Any = None) -> Any:
        known = {"user": self.user, "price": deal_price(quote.deal)}
        return LineForms(data, form_kwargs=known, prefix="lines", initial=initial)

    def page(self, quote: Quote, form: QuoteForm, lines: Any, *, status: int = 200) -> HttpResponse:
        context = {"quote": quote, "form": form, "lines": lines, "today": company_day()}
        return render(self.request, "sales/quote_form.html", context, status=status)


class QuoteSendView(ProtectedView):
    """A dialog with the mail as it will be; the link and the PDF come with it."""

    permission = "sales.edit_deal"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        quote = quote_find(self.user, pk)
        known = addresses(self.user, quote.deal)
        initial = {
            "version": quote.version,
            "to": quote.sent_to or (known[0] if known else ""),
            **mail_words(quote, self.user.name),
        }
        return self.dialog(quote, SendForm(deal=quote.deal, initial=initial))

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        quote = quote_find(self.user, pk)
        form = SendForm(request.POST, deal=quote.deal)
        if form.is_valid():
            try:
                self.send(quote, form)
            except StaleRecord as stale:
                form.add_error(
                    None, _("Somebody else changed this quote meanwhile. Look at it before you send it.")
                )
                name_version(form, stale.current.version)
                return self.dialog(quote_find(self.user, pk), form, status=409)
            except ValidationError as fault:
                refuse(form, fault)
            except SentBefore as fault:
                form.add_error(None, fault.text)
            else:
                return self.done(quote, form.cleaned_data["to"])
        return self.dialog(quote, form, status=422)

    def send(self, quote: Quote, form: SendForm) -> Quote:
        sent = sent_form(self.request)
        values = dict(form.cleaned_data)
        return submit_once(
            actor=self.user,
            sent=sent,
            create=lambda: quote_send(actor=self.user, quote=quote, key=sent.key, **values),
        )

    def done(self, quote: Quote, to: str) -> HttpResponse:
        told = (
            _("The quote is on its way to %s.") % to
            if to
            else _("The link is valid now: copy it and pass it on.")
        )
        messages.success(self.request, told)
        if is_fragment(self.request):
            return HttpResponse(headers={"HX-Refresh": "true"})
        return redirect("sales:quote-record", quote.pk)

    def dialog(self, quote: Quote, form: SendForm, *, status: int = 200) -> HttpResponse:
        context = {"quote": quote, "form": form, "addresses": addresses(self.user, quote.deal)}
        return render_dialog(self.request, "sales/quote_send.html", context, status=status)


class QuoteReviseView(ProtectedView):
    permission = "sales.edit_deal"

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        quote = quote_find(self.user, pk)
        try:
            fresh = submit_once(
                actor=self.user,
                sent=sent_form(request),
                create=lambda: quote_revise(actor=self.user, quote=quote),
            )
        except (ValidationError, SentBefore) as fault:
            messages.error(request, words(fault))
            return redirect("sales:quote-record", pk)
        messages.success(
            request, _("Version %d is a draft: change what has to be changed, then send it.") % fresh.edition
        )
        return redirect("sales:quote-record", fresh.pk)


class QuoteWithdrawView(ProtectedView):
    permission = "sales.edit_deal"

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        try:
            quote = quote_withdraw(actor=self.user, quote=quote_find(self.user, pk))
        except ValidationError as fault:
            messages.error(request, words(fault))
        else:
            messages.success(request, _("%s was withdrawn: nobody can accept it any more.") % quote)
        return redirect("sales:quote-record", pk)


class QuoteFileRetryView(ProtectedView):
    permission = "sales.edit_deal"

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        try:
            quote_file_retry(actor=self.user, quote=quote_find(self.user, pk))
        except ValidationError as fault:
            messages.error(request, words(fault))
        return redirect("sales:quote-record", pk)
