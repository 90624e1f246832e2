"""The page of a quote: what the customer sees, and beside it where it stands and what can be done."""

from typing import Any

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from crm.access.services import allowed, field_level
from crm.access.views import ProtectedView
from crm.lists.filters import readable_id
from crm.mail.models import OutgoingMail
from crm.records.history import history_rows
from sales.approvals import banner
from sales.choices import QUOTE_OPEN, FileState, QuoteStatus
from sales.margins import margin_of
from sales.models import Quote
from sales.quote_document import paper
from sales.quote_selectors import editions, quote_find
from sales.selectors import deal_orders
from sales.services.quote import lines_of
from sales.services.quote_send import quote_link
from sales.views.deal_record import visible_customer


class QuoteRecordView(ProtectedView):
    permission = "sales.view_deal"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        quote = quote_find(self.user, pk)
        versions = editions(quote)
        context = {
            "quote": quote,
            "customer": visible_customer(self, quote.deal),
            "can": rights(self, quote, versions),
            "papers": [paper(shown) for shown in self.shown(quote, versions)],
            "versions": versions,
            "link": quote_link(quote) if quote.sent_at else "",
            "margin": self.margin(quote),
            "orders": deal_orders(self.user, quote.deal) if quote.status == QuoteStatus.ACCEPTED else [],
            "mail": quote_mail(quote),
            "history": history_rows(self.user, quote),
            **self.discount(quote),
        }
        return render(request, "sales/quote_record.html", context)

    def shown(self, quote: Quote, versions: list[Quote]) -> list[Quote]:
        """The quote; with `?beside=` another version of it on its left."""
        asked = self.request.GET.get("beside", "")
        beside = next((row for row in versions if readable_id(asked) and row.pk == int(asked)), None)
        return [beside, quote] if beside and beside.pk != quote.pk else [quote]

    def discount(self, quote: Quote) -> dict[str, Any]:
        """Whether it may be sent: what was sent stays as it is."""
        if not quote.is_draft or not quote.deal.is_open:
            return {}
        return banner(self.user, quote.deal, reverse("sales:quote-approval", args=[quote.pk]), quote)

    def margin(self, quote: Quote) -> Any:
        if field_level(self.user, "finance") == "hidden":
            return None
        return margin_of(quote, list(lines_of(quote)))


def quote_mail(quote: Quote) -> OutgoingMail | None:
    """The mail that brought it last."""
    rows = OutgoingMail.objects.filter(kind="quote", key__startswith=f"quote:{quote.pk}:")
    return rows.order_by("-pk").first() if quote.sent_to else None


def rights(view: ProtectedView, quote: Quote, versions: list[Quote]) -> dict[str, bool]:
    """What the person may do with the quote as it stands."""
    may_edit = allowed(view.user, "sales.edit_deal", quote.deal)
    is_open, is_newest = quote.deal.is_open, versions[0].pk == quote.pk
    waits = quote.status_now is QuoteStatus.SENT
    return {
        "edit": may_edit and quote.is_draft,
        "send": may_edit and is_open and (quote.is_draft or waits),
        "revise": may_edit
        and is_open
        and is_newest
        and not quote.is_draft
        and quote.status != QuoteStatus.ACCEPTED,
        "withdraw": may_edit and quote.status in QUOTE_OPEN,
        "retry": may_edit and quote.file_state == FileState.FAILED,
        "pass_on": waits,
    }


class QuoteFileStateView(ProtectedView):
    """How far the PDF is, as a fragment that asks again until it is there."""

    permission = "sales.view_deal"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        quote = quote_find(self.user, pk)
        return render(request, "sales/quote_file.html", {"quote": quote, "can": rights(self, quote, [quote])})


class QuoteFileView(ProtectedView):
    """The PDF; while there is none the page of the quote, which says how far it is."""

    permission = "sales.view_deal"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse | FileResponse:
        quote = quote_find(self.user, pk)
        try:
            return file_response(quote)
        except Http404:
            return redirect("sales:quote-record", pk)


def file_response(quote: Quote) -> FileResponse:
    """Raises Http404 while it is not made, and when it is gone."""
    if quote.file_state != FileState.READY or not quote.file:
        raise Http404
    try:
        content = quote.file.open("rb")
    except FileNotFoundError:
        raise Http404 from None
    response = FileResponse(
        content, as_attachment=True, filename=quote.file_name, content_type="application/pdf"
    )
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
