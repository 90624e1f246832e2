"""What the customer does with a quote, through its link and without an account: open, accept, decline.

Whoever has the link may answer, once: deal and quote are locked, in this order as everywhere, before either is read.
"""

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from crm.audit.services import record
from crm.money.formatting import money
from crm.notifications.services import notify
from sales.choices import QUOTE_OPEN, QuoteStatus, StageKind
from sales.models import Deal, Order, Quote
from sales.notifications import QUOTE
from sales.services.deal_clock import deal_touch
from sales.services.deal_lines import lines_write
from sales.services.deal_stage import deal_won
from sales.services.order import line_of
from sales.services.quote import lines_of, locked_quote, settle


class QuoteClosed(Exception):
    """It can no longer be answered; its page says why. Nothing was written."""


@transaction.atomic
def quote_open(*, quote: Quote) -> Quote:
    """The customer looked at it for the first time; whoever owns the deal is told."""
    quote = locked_quote(quote, None)
    if quote.opened_at is None and quote.status_now is QuoteStatus.SENT:
        Quote.objects.filter(pk=quote.pk).update(opened_at=timezone.now())
        tell(quote, _("%(quote)s was opened for the first time"))
    return quote


@transaction.atomic
def quote_accept(
    *, quote: Quote, name: str, ip: str | None, reference: str = ""
) -> tuple[Quote, Order | None]:
    """Order what is offered: the deal gets the lines of the quote, is won, and its order is written.

    Accepted twice, also at the same moment, is accepted once. A deal that was lost meanwhile is won all the same: the
    offer still held. One that was won in another way is not ordered a second time. Raises QuoteClosed.
    """
    deal, quote = locked(quote)
    if quote.status == QuoteStatus.ACCEPTED:
        return quote, deal.orders.order_by("-pk").first()
    if quote.status_now is not QuoteStatus.SENT or deal.state == StageKind.WON or deal.deleted_at:
        raise QuoteClosed
    was_lost = deal.state == StageKind.LOST
    more = {
        "answered_at": timezone.now(),
        "answered_by": name,
        "answered_ip": ip,
        "order_reference": reference,
    }
    settle(None, quote, QuoteStatus.ACCEPTED, "accept", **more)
    order = win(deal, quote)
    for other in Quote.objects.filter(deal=deal, status__in=QUOTE_OPEN).select_for_update(of=("self",)):
        settle(None, other, QuoteStatus.REPLACED, "replace")
    after = {"quote": str(quote), "by": name}
    record(actor=None, action="sales.deal.quote_accept", obj=deal, after=after)
    text = (
        _("%(by)s accepted %(quote)s; the deal was lost and is won now")
        if was_lost
        else _("%(by)s accepted %(quote)s")
    )
    tell(quote, text)
    return quote, order


def locked(quote: Quote) -> tuple[Deal, Quote]:
    deal = Deal.objects.select_for_update(of=("self",)).get(pk=quote.deal_id)
    quote = locked_quote(quote, None)
    quote.deal = deal
    return deal, quote


def win(deal: Deal, quote: Quote) -> Order:
    """The order is what was accepted, whatever became of the deal's own lines since."""
    deal.currency = quote.currency
    Deal.objects.filter(pk=deal.pk).update(currency=quote.currency)
    lines_write(None, deal, [line_of(line) for line in lines_of(quote)])
    _deal, order = deal_won(actor=None, deal=deal)
    return order


@transaction.atomic
def quote_decline(*, quote: Quote, ip: str | None, name: str = "", reason: str = "") -> Quote:
    """Say no; the deal stays open for whoever sells. Declined twice is declined once. Raises QuoteClosed."""
    deal, quote = locked(quote)
    if quote.status == QuoteStatus.DECLINED:
        return quote
    if quote.status_now is not QuoteStatus.SENT or deal.state == StageKind.WON or deal.deleted_at:
        raise QuoteClosed
    more = {"answered_at": timezone.now(), "answered_by": name, "answered_ip": ip, "answer_note": reason}
    settle(None, quote, QuoteStatus.DECLINED, "decline", **more)
    record(
        actor=None, action="sales.deal.quote_decline", obj=deal, after={"quote": str(quote), "reason": reason}
    )
    deal_touch(deal)
    tell(quote, _("%(quote)s was declined"), detail=reason)
    return quote


def tell(quote: Quote, text: str, detail: str = "") -> None:
    owner = quote.deal.owner
    if owner is None:
        return
    total = money(quote.total_amount, quote.currency)
    words = text % {"quote": f"{quote} ({total})", "by": quote.answered_by}
    address = reverse("sales:quote-record", args=[quote.pk])
    notify(user=owner, kind=QUOTE, text=words, url=address, obj=quote, detail=detail)
