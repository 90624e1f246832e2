"""Sending a quote: once its PDF is there, by a mail of the program with the link, or by a link that one passes on."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from crm.access.services import require
from crm.addresses import absolute
from crm.audit.services import record
from crm.company.selectors import company
from crm.mail.services import mail_enqueue
from crm.mail.services.outgoing import MailFile
from crm.staff.models import User
from sales.choices import FileState, QuoteStatus
from sales.models import Deal, Quote, Stage
from sales.models.quote import is_over
from sales.services.approval_keep import require_approved
from sales.services.deal_clock import deal_touch
from sales.services.deal_stage import deal_move
from sales.services.deal_stage import locked as locked_deal
from sales.services.quote import locked_quote, settle, token_of


def quote_link(quote: Quote) -> str:
    """What the customer opens. The same for ever: it says itself when the quote is over."""
    return absolute(reverse("sales:quote-public", args=[token_of(quote)]))


@transaction.atomic
def quote_send(
    *,
    actor: User,
    quote: Quote,
    to: str = "",
    subject: str = "",
    text: str = "",
    stage: Stage | None = None,
    key: str = "",
    version: int | None = None,
) -> Quote:
    """Send it, or send it again; without an address only the link becomes valid. `key` names the form: sent twice it
    is one mail. `stage` is where the deal moves to. Raises StaleRecord, ValidationError.
    """
    require(actor, "sales.edit_deal", quote.deal)
    deal = locked_deal(quote.deal, None)
    quote = locked_quote(quote, version)
    check_sendable(deal, quote)
    if quote.is_draft:
        require_approved(actor, deal, quote)
    now = timezone.now()
    is_first = quote.is_draft
    settle(actor, quote, QuoteStatus.SENT, "send", sent_at=quote.sent_at or now, sent_to=to or quote.sent_to)
    if to:
        mail(actor, quote, to, subject, text, key or f"edition:{quote.version}")
    if is_first:
        after = {"quote": str(quote), "total": f"{quote.total_amount} {quote.currency}"}
        record(actor=actor, action="sales.deal.quote_send", obj=deal, after=after)
    deal_touch(deal)
    if stage is not None and stage.pk != deal.stage_id:
        deal_move(actor=actor, deal=deal, stage=stage)
    return quote


def check_sendable(deal: Deal, quote: Quote) -> None:
    if deal.deleted_at or not deal.is_open:
        raise ValidationError(_("This deal is closed. Reopen it before you send a quote."))
    if quote.status not in (QuoteStatus.DRAFT, QuoteStatus.SENT):
        raise ValidationError(_("This quote is over. Make a new version of it."))
    if is_over(quote.valid_until):
        raise ValidationError(_("It is past the day until which it is valid. Choose a later day first."))
    if quote.file_state != FileState.READY:
        raise ValidationError(_("Its PDF is not there yet. Wait until it is made, then send the quote."))


def mail(actor: User, quote: Quote, to: str, subject: str, text: str, key: str) -> None:
    """The words of the sender, then the link; the PDF goes with it."""
    link = quote_link(quote)
    context: dict[str, Any] = {
        "subject": subject,
        "paragraphs": text.replace("\r", "").strip().split("\n\n"),
        "link": link,
        "quote": quote,
        "company": company(),
    }
    mail_enqueue(
        to=to,
        subject=subject,
        text=f"{text.strip()}\n\n{_('Read the quote and answer it here:')}\n{link}\n",
        html=render_to_string("sales/mail/quote.html", context),
        kind="quote",
        key=f"quote:{quote.pk}:{key}"[:200],
        actor=actor,
        reply_to=actor.email,
        files=[MailFile(str(quote.file), quote.file_name, "application/pdf")],
    )
