"""Writing quotes: from a deal's lines, edited while a draft, in new editions; sending and answering are beside."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from crm.access.services import require
from crm.audit.services import record
from crm.company.selectors import company_day
from crm.jobs.services import enqueue
from crm.money.services import rounded
from crm.publicforms.tokens import derived_token, new_seed, token_digest
from crm.records.errors import StaleRecord
from crm.records.services import touch, write_changes
from crm.search.services import index
from crm.staff.models import User
from sales.book_amounts import with_book_amounts
from sales.choices import QUOTE_OPEN, FileState, QuoteStatus
from sales.models import Deal, Quote, QuoteLine
from sales.numbers import next_quote_number
from sales.quote_defaults import USUAL_DAYS, new_values, sender
from sales.services.approval_keep import approvals_keep
from sales.services.deal import check_amount, rated
from sales.services.deal_lines import line_text
from sales.services.order import Line, line_of

PURPOSE = "quote"
MAKE_FILE = "sales.make_quote_file"
LONGEST_DAYS = 366
#: what a new edition takes over
KEPT = ("title", "tax_rate", "receiver_name", "receiver_address", "intro", "terms")


@transaction.atomic
def quote_create(*, actor: User, deal: Deal) -> Quote:
    """A draft with the lines of the deal, or one line of its whole amount. Raises ValidationError."""
    require(actor, "sales.edit_deal", deal)
    require(actor, "contacts.view_customer", deal.customer)
    if not deal.is_open:
        raise ValidationError(_("This deal is closed. Reopen it to make a quote."))
    lines = [line_of(line) for line in deal.lines.select_related("product")]
    if not lines and deal.amount is None:
        raise ValidationError(_("Add lines to the deal first: a quote says what is offered."))
    values = new_values(actor, deal)
    lines = lines or [Line(Decimal(1), deal.amount or Decimal(0), text=deal.name)]
    quote = Quote(deal=deal, number=next_quote_number(), currency=deal.currency, **values)
    return begin(actor, quote, lines)


def begin(actor: User, quote: Quote, lines: Sequence[Line]) -> Quote:
    quote.token_seed = new_seed()
    quote.token_hash = token_digest(token_of(quote))
    for name, value in amounts(lines, quote.currency, quote.tax_rate).items():
        setattr(quote, name, value)
    quote.save()
    QuoteLine.objects.bulk_create(quote_line(quote, line) for line in lines)
    index(quote)
    after = {"number": str(quote), "total_amount": quote.total_amount}
    record(actor=actor, action="sales.quote.create", obj=quote, after=after)
    enqueue(MAKE_FILE, quote.pk, actor=actor)
    return quote


def token_of(quote: Quote) -> str:
    return derived_token(PURPOSE, quote.token_seed)


def amounts(lines: Sequence[Line], currency: str, tax_rate: Decimal) -> dict[str, Any]:
    """Each line is rounded as it is printed, and the tax once, on their sum. Raises ValidationError."""
    net = sum((line.amount(currency) for line in lines), Decimal(0))
    check_amount(net)
    tax = rounded(net * tax_rate / 100, currency)
    return {"net_amount": net, "tax_amount": tax, "total_amount": net + tax, **rated(net, currency)}


def quote_line(quote: Quote, line: Line) -> QuoteLine:
    return QuoteLine(
        quote=quote,
        product=line.product,
        text=line.text or (line.product.name if line.product else ""),
        quantity=line.quantity,
        unit_amount=line.unit_amount,
        discount_rate=line.discount_rate,
        line_amount=line.amount(quote.currency),
        book_amount=line.book_amount,
    )


@transaction.atomic
def quote_edit(
    *, actor: User, quote: Quote, values: Mapping[str, Any], lines: Sequence[Line], version: int
) -> Quote:
    """Change a draft; its PDF is made anew. Raises StaleRecord, ValidationError."""
    require(actor, "sales.edit_deal", quote.deal)
    quote = locked_quote(quote, version)
    if not quote.is_draft:
        raise ValidationError(_("Only a draft can be edited. Make a new version of this quote instead."))
    if not lines:
        raise ValidationError(_("Add at least one line."))
    check_day(values["valid_until"])
    stood = list(lines_of(quote))
    lines = with_book_amounts(quote.deal, lines, stood, quote)
    before = [line_text(line) for line in quote.lines.all()]
    after = [line_text(quote_line(quote, line)) for line in lines]
    changes = {**values, **sender(), **amounts(lines, quote.currency, values["tax_rate"])}
    if after != before:
        touch(quote, quote.version)
        quote.lines.all().delete()
        QuoteLine.objects.bulk_create(quote_line(quote, line) for line in lines)
        told = {"before": {"lines": before}, "after": {"lines": after}}
        record(actor=actor, action="sales.quote.lines", obj=quote, **told)
    write_changes(actor=actor, obj=quote, values=changes, version=None, action="sales.quote.edit")
    file_anew(actor, quote)
    approvals_keep(actor, quote.deal, stood, quote)
    return quote


def locked_quote(quote: Quote, version: int | None) -> Quote:
    """The quote as it is now, locked until the end of the transaction. Raises StaleRecord."""
    rows = Quote.objects.select_for_update(of=("self",)).select_related("deal")
    quote.refresh_from_db(from_queryset=rows)
    if version is not None and quote.version != version:
        raise StaleRecord(quote)
    return quote


def check_day(day: date) -> None:
    if day < company_day():
        raise ValidationError({"valid_until": _("This day is over. Say until when the offer holds.")})
    if day > company_day() + timedelta(days=LONGEST_DAYS):
        raise ValidationError({"valid_until": _("An offer holds for a year at most.")})


def file_anew(actor: User, quote: Quote) -> None:
    """What was made of an earlier text goes once this is committed."""
    before = str(quote.file)
    quote.file, quote.file_state, quote.file_error = "", FileState.WAITING, ""
    quote.save(update_fields=["file", "file_state", "file_error"])
    enqueue(MAKE_FILE, quote.pk, actor=actor)
    if before:
        storage = Quote._meta.get_field("file").storage
        transaction.on_commit(lambda: storage.delete(before))


@transaction.atomic
def quote_revise(*, actor: User, quote: Quote) -> Quote:
    """A new edition as a draft. One that was sent is replaced at once: nobody accepts what is being changed."""
    require(actor, "sales.edit_deal", quote.deal)
    deal = Deal.objects.select_for_update(of=("self",)).get(pk=quote.deal_id)
    quote = locked_quote(quote, None)
    check_revisable(deal, quote)
    values = {name: getattr(quote, name) for name in KEPT}
    fresh = Quote(
        deal=deal, number=quote.number, edition=quote.edition + 1, currency=quote.currency, **values
    )
    fresh.valid_until = company_day() + timedelta(days=USUAL_DAYS)
    for name, value in sender().items():
        setattr(fresh, name, value)
    if quote.status in QUOTE_OPEN:
        settle(actor, quote, QuoteStatus.REPLACED, "replace")
    return begin(actor, fresh, [line_of(row) for row in lines_of(quote)])


def check_revisable(deal: Deal, quote: Quote) -> None:
    if quote.is_draft:
        raise ValidationError(_("This version was not sent yet. Edit it instead."))
    if quote.status == QuoteStatus.ACCEPTED:
        raise ValidationError(_("This version was accepted. Make a new quote on the page of the deal."))
    if not deal.is_open:
        raise ValidationError(_("This deal is closed. Reopen it to make a quote."))
    if Quote.objects.filter(number=quote.number, edition__gt=quote.edition).exists():
        raise ValidationError(_("There is a newer version already."))


def lines_of(quote: Quote) -> Any:
    return quote.lines.select_related("product").order_by("pk")


@transaction.atomic
def quote_withdraw(*, actor: User, quote: Quote) -> Quote:
    """Take the offer back: nobody can accept it any more. Withdrawn twice is withdrawn once."""
    require(actor, "sales.edit_deal", quote.deal)
    quote = locked_quote(quote, None)
    if quote.status == QuoteStatus.WITHDRAWN:
        return quote
    if quote.status not in QUOTE_OPEN:
        raise ValidationError(_("Only a draft or a quote that waits for an answer can be withdrawn."))
    return settle(actor, quote, QuoteStatus.WITHDRAWN, "withdraw")


def settle(actor: User | None, quote: Quote, status: QuoteStatus, verb: str, **more: Any) -> Quote:
    """Write what became of a quote that the caller has locked."""
    values = {"status": status.value, **more}
    write_changes(actor=actor, obj=quote, values=values, version=None, action=f"sales.quote.{verb}")
    index(quote)
    return quote


def quotes_expire() -> int:
    """Say of every quote that is past its day that it expired; return how many."""
    late = Quote.objects.filter(status=QuoteStatus.SENT, valid_until__lt=company_day())
    count = 0
    for pk in list(late.order_by("pk").values_list("pk", flat=True)[:1_000]):
        with transaction.atomic():
            quote = late.select_for_update(skip_locked=True).filter(pk=pk).first()
            if quote is not None:
                settle(None, quote, QuoteStatus.EXPIRED, "expire")
                count += 1
    return count
