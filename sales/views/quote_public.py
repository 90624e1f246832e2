"""The page behind a quote's link, for people without an account. Nothing of the program shows on it.

A GET writes nothing: mail programs open links before their readers do. That the page was opened is told by its script,
which sends a POST after a moment; whoever is signed in is no customer, and is not counted.
"""

import logging
from typing import Any
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _
from django.views import View

from crm.audit.middleware import client_ip
from crm.company.selectors import company
from crm.publicforms.guard import HONEYPOT, STAMP, GuardedForm, Suspicion
from crm.publicforms.rate import Limit, count_visit
from crm.staff.models import User
from sales.models import Quote
from sales.quote_document import paper
from sales.quote_forms import GUARD, AcceptForm, DeclineForm
from sales.quote_selectors import newer_sent, public_quote, public_state
from sales.services.quote import token_of
from sales.services.quote_answer import QuoteClosed, quote_accept, quote_decline, quote_open
from sales.views.quote_record import file_response

log = logging.getLogger(__name__)
OPENINGS = Limit(most=100, seconds=3600)


class PublicView(View):
    """Kept out of search engines and caches; a link that is none is the same page, whatever is wrong with it."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        timezone.activate(ZoneInfo(company().time_zone))
        try:
            response = super().dispatch(request, *args, **kwargs)
        except Http404:
            response = render(request, "sales/public/missing.html", status=404)
        response.headers["X-Robots-Tag"] = "noindex, nofollow, noarchive"
        add_never_cache_headers(response)
        return response


class QuotePublicView(PublicView):
    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        return quote_page(request, public_quote(token))


def quote_page(
    request: HttpRequest,
    quote: Quote,
    *,
    accept: AcceptForm | None = None,
    decline: DeclineForm | None = None,
    status: int = 200,
) -> HttpResponse:
    state = public_state(quote)
    newer = newer_sent(quote) if state != "accepted" else None
    context = {
        "quote": quote,
        "token": token_of(quote),
        "paper": paper(quote),
        "state": state,
        "newer_token": token_of(newer) if newer else "",
        "contact": quote.deal.owner,
        "accept": accept or AcceptForm(quote=quote),
        "decline": decline or DeclineForm(),
        "declines": decline is not None,
    }
    return render(request, "sales/public/quote.html", context, status=status)


class AnswerView(PublicView):
    """POST only; whoever reloads it comes back to the quote."""

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        return redirect("sales:quote-public", token)

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        quote = public_quote(token)
        form = self.form(quote)
        found = GUARD.judge(request)
        if found is Suspicion.TOO_MANY:
            form.add_error(None, _("That was too often. Wait an hour, or write to us."))
            return self.again(quote, form, 429)
        if found is not Suspicion.NONE:
            form.add_error(None, _("Please look at the quote once more, then confirm again."))
        if not form.is_valid():
            return self.again(quote, form, 422)
        try:
            self.answer(quote, form, client_ip(request))
        except QuoteClosed:
            return quote_page(request, public_quote(token), status=409)
        except ValidationError:  # no exchange rate any more: for whoever sells, not for the customer
            log.exception("quote %s could not be answered", quote.pk)
            form.add_error(None, _("Your answer could not be recorded. Please write to us."))
            return self.again(public_quote(token), form, 422)
        return redirect("sales:quote-public", token)

    def again(self, quote: Quote, form: Any, status: int) -> HttpResponse:
        """With what was typed, and a stamp that is good again."""
        data = form.data.copy()
        data[STAMP], data[HONEYPOT] = GUARD.new_stamp(), ""
        form.data = data
        return self.page(quote, form, status)

    def form(self, quote: Quote) -> GuardedForm:
        raise NotImplementedError

    def answer(self, quote: Quote, form: GuardedForm, ip: str | None) -> None:
        raise NotImplementedError

    def page(self, quote: Quote, form: Any, status: int) -> HttpResponse:
        raise NotImplementedError


class QuoteAcceptView(AnswerView):
    def form(self, quote: Quote) -> AcceptForm:
        return AcceptForm(self.request.POST, quote=quote)

    def answer(self, quote: Quote, form: GuardedForm, ip: str | None) -> None:
        said = form.cleaned_data
        quote_accept(quote=quote, name=said["name"], ip=ip, reference=said["order_reference"])

    def page(self, quote: Quote, form: Any, status: int) -> HttpResponse:
        return quote_page(self.request, quote, accept=form, status=status)


class QuoteDeclineView(AnswerView):
    def form(self, quote: Quote) -> DeclineForm:
        return DeclineForm(self.request.POST)

    def answer(self, quote: Quote, form: GuardedForm, ip: str | None) -> None:
        said = form.cleaned_data
        quote_decline(quote=quote, ip=ip, name=said["name"], reason=said["reason"])

    def page(self, quote: Quote, form: Any, status: int) -> HttpResponse:
        return quote_page(self.request, quote, decline=form, status=status)


class QuoteOpenedView(PublicView):
    """The page's script says that it is being read."""

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        return redirect("sales:quote-public", token)

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        quote = public_quote(token)
        if not isinstance(request.user, User) and count_visit(
            "quote_opened", client_ip(request) or "", OPENINGS
        ):
            quote_open(quote=quote)
        return HttpResponse(status=204)


class QuotePublicFileView(PublicView):
    def get(self, request: HttpRequest, token: str) -> FileResponse:
        return file_response(public_quote(token))
