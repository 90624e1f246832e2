"""Quotes in every state for the demo's deals: accepted ones behind won deals, declined ones behind lost ones."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random

from django.utils import timezone

from contacts.models import Customer
from crm.company.selectors import company, company_day
from crm.jobs.services import enqueue
from crm.money.services import base_amount, rounded
from crm.publicforms.tokens import new_seed, token_digest
from crm.search.services import index_many
from sales.choices import QuoteStatus, StageKind
from sales.models import Deal, DealLine, Quote, QuoteLine
from sales.numbers import next_quote_number
from sales.quote_defaults import address_lines
from sales.services.quote import MAKE_FILE, token_of

TAX = Decimal(21)
INTRO = "Thank you for your time last week. As discussed, this is what we offer you:"
TERMS = (
    "Delivery within three weeks of your order. Machines are installed by us, beans ship every Tuesday.\n\n"
    "Payable within 30 days of the invoice. Goods stay ours until they are paid."
)
REASONS = (
    "Too expensive for us this year.",
    "We stay with our roaster for now.",
    "The board said no, sorry.",
)
WON, LOST, DRAFTS, SENT = 10, 8, 5, 14


def load(*, seed: int = 23) -> None:
    """Twice is once."""
    if Quote.objects.exists():
        return
    random = Random(seed)  # noqa: S311 - the same company every time, nothing secret
    made = [
        *(accepted(deal, random) for deal in closed(StageKind.WON)[:WON]),
        *(declined(deal, random, index) for index, deal in enumerate(closed(StageKind.LOST)[:LOST])),
        *waiting(random),
    ]
    rows = [quote for quote, _lines, _at in made]
    Quote.objects.bulk_create(rows)
    QuoteLine.objects.bulk_create(line for _quote, lines, _at in made for line in lines)
    for quote, _lines, at in made:
        quote.created_at, quote.updated_at = at, quote.answered_at or quote.sent_at or at
    Quote.objects.bulk_update(rows, ["created_at", "updated_at"])
    index_many(rows)
    for quote in rows:
        enqueue(MAKE_FILE, quote.pk)


Made = tuple[Quote, list[QuoteLine], datetime]


def closed(kind: StageKind) -> list[Deal]:
    rows = Deal.objects.filter(state=kind, lines__isnull=False).distinct().order_by("-closed_at")
    return list(rows.select_related("payer", "customer", "owner")[:30])


def begun(deal: Deal, at: datetime, status: QuoteStatus, edition: int = 1, number: str = "") -> Made:
    """A quote of the deal's lines, written at a moment."""
    at = min(at, timezone.now() - timedelta(minutes=10))
    lines = [quoted(deal, line, Decimal(5) if edition > 1 else Decimal(0)) for line in deal.lines.all()]
    net = sum((line.line_amount for line in lines), Decimal(0))
    tax = rounded(net * TAX / 100, deal.currency)
    seed = new_seed()
    quote = Quote(
        deal=deal, number=number or next_quote_number(), edition=edition, status=status, title=deal.name,
        valid_until=at.date() + timedelta(days=30), currency=deal.currency, tax_rate=TAX, net_amount=net,
        tax_amount=tax, total_amount=net + tax, rated_on=at.date(),
        base_amount=base_amount(net, deal.currency, company_day()), receiver_name=deal.payer.name,
        receiver_address=addressee(deal.payer, deal.customer), sender_name=company().name,
        sender_address=company().address, intro=INTRO, terms=TERMS, token_seed=seed,
    )  # fmt: skip
    quote.token_hash = token_digest(token_of(quote))
    for line in lines:
        line.quote = quote
    return quote, lines, at


def quoted(deal: Deal, line: DealLine, more: Decimal) -> QuoteLine:
    """A line of the deal; a second version grants some per cent more."""
    discount = line.discount_rate + more
    amount = rounded(line.quantity * line.unit_amount * (100 - discount) / 100, deal.currency)
    return QuoteLine(
        product_id=line.product_id, text=line.text, quantity=line.quantity, unit_amount=line.unit_amount,
        discount_rate=discount, line_amount=amount,
    )  # fmt: skip


def addressee(payer: Customer, customer: Customer) -> str:
    named = [customer.name] if customer.pk != payer.pk else []
    return "\n".join([*named, *address_lines(payer)])


def sent(made: Made, random: Random) -> Made:
    quote, _lines, at = made
    points = quote.deal.customer.contact_points.filter(kind="email")
    quote.sent_to = points.values_list("value", flat=True).first() or ""
    quote.sent_at = at + timedelta(minutes=random.randrange(5, 300))
    if random.random() < 0.7:
        later = quote.sent_at + timedelta(hours=random.randrange(1, 30))
        quote.opened_at = later if later < timezone.now() else None
    return made


def accepted(deal: Deal, random: Random) -> Made:
    at = deal.closed_at or timezone.now()
    made = sent(begun(deal, at - timedelta(days=random.randrange(3, 12)), QuoteStatus.ACCEPTED), random)
    quote = made[0]
    quote.answered_at, quote.answered_by, quote.answered_ip = at, deal.customer.name, "192.0.2.17"
    quote.opened_at = quote.opened_at or (quote.sent_at or at) + timedelta(hours=2)
    return made


def declined(deal: Deal, random: Random, index: int) -> Made:
    """Every third of the lost was never answered."""
    at = deal.closed_at or timezone.now()
    if index % 3 == 2:
        return sent(begun(deal, at - timedelta(days=45), QuoteStatus.EXPIRED), random)
    made = sent(begun(deal, at - timedelta(days=random.randrange(4, 15)), QuoteStatus.DECLINED), random)
    quote = made[0]
    quote.answered_at, quote.answered_by = at, deal.customer.name
    quote.answer_note = random.choice(REASONS)
    return made


def waiting(random: Random) -> Iterable[Made]:
    """Of the open deals the furthest have a quote that was sent, some in a second version; a few have a draft."""
    rows = Deal.objects.filter(state=StageKind.OPEN, lines__isnull=False).distinct()
    deals = list(rows.select_related("payer", "customer", "owner").order_by("-stage__position", "pk"))
    now = timezone.now()
    for index, deal in enumerate(deals[:SENT]):
        at = now - timedelta(days=random.randrange(1, 20), hours=random.randrange(9))
        if index % 4 == 1:
            first = sent(begun(deal, at - timedelta(days=4), QuoteStatus.REPLACED), random)
            yield first
            yield sent(begun(deal, at, QuoteStatus.SENT, 2, first[0].number), random)
        else:
            yield sent(begun(deal, at, QuoteStatus.SENT), random)
    for deal in deals[SENT : SENT + DRAFTS]:
        yield begun(deal, now - timedelta(hours=random.randrange(2, 40)), QuoteStatus.DRAFT)
