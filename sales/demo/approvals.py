"""Discounts beyond what the people of the fictional company may grant: some asked for, some decided, some not yet."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from django.utils import timezone

from crm.staff.models import User
from sales.approvals import discounted, lines_of
from sales.book_amounts import book_amount
from sales.choices import ApprovalState, QuoteStatus, StageKind
from sales.deal_pricing import pricing_of
from sales.discounts import discount_check, limits_of
from sales.models import Deal, DealLine, DiscountApproval, Quote
from sales.services.approval_keep import flag_keep
from sales.services.approval_write import figures
from sales.services.deal_lines import lines_write
from sales.services.order import line_of

# (discount in per cent, what became of it, why it was asked, what was said)
ASKED = (
    (
        15,
        ApprovalState.ASKED,
        "They open two more cafés in spring and compare us with their old roaster.",
        "",
    ),
    (18, ApprovalState.ASKED, "A yearly order, paid in advance.", ""),
    (12, ApprovalState.ASKED, "", ""),
    (20, ApprovalState.ASKED, "The neighbour offers 22 % less. I want to keep them.", ""),
    (
        15,
        ApprovalState.APPROVED,
        "First order of a chain of six.",
        "Fine for the first order, not for the next.",
    ),
    (20, ApprovalState.APPROVED, "They take the service contract too.", ""),
    (
        25,
        ApprovalState.REJECTED,
        "They asked for it.",
        "Too much for one machine. Offer the training instead.",
    ),
    (22, ApprovalState.REJECTED, "Last month of the quarter.", "We do not buy quarters. 12 at most."),
    (14, None, "", ""),
    (16, None, "", ""),
)


def load() -> None:
    """Twice is once. Lines of open deals learn what the price books say, then some of them grant too much."""
    if DiscountApproval.objects.exists():
        return
    manager = User.objects.get(email="manager@tenure.example")
    rows = Deal.objects.filter(
        state=StageKind.OPEN, lines__product__isnull=False, owner__isnull=False
    ).distinct()
    deals = list(rows.select_related("owner", "payer", "customer", "team").order_by("pk"))
    for deal in deals:
        looked_up(deal)
    sent = set(Quote.objects.exclude(status=QuoteStatus.DRAFT).values_list("deal_id", flat=True))
    bound = [deal for deal in deals if deal.pk not in sent and deal.owner and limits_of(deal.owner)]
    for deal, (rate, state, word, reason) in zip(bound[::2], ASKED, strict=False):
        grant(deal, Decimal(rate))
        if state is not None:
            ask(deal, manager, state, word, reason)
    for deal in deals:
        flag_keep(deal)


def looked_up(deal: Deal) -> None:
    """What the price book of the customer says today; the lines keep the list prices that they were sold at."""
    pricing = pricing_of(deal)
    lines = list(deal.lines.select_related("product"))
    pricing.read([line.product for line in lines if line.product])
    for line in lines:
        line.book_amount = book_amount(pricing, line.product, line.quantity) if line.product else None
    DealLine.objects.bulk_update(lines, ["book_amount"])


def grant(deal: Deal, rate: Decimal) -> None:
    """On the first line, from the price of the book."""
    first, *others = [line_of(line) for line in deal.lines.select_related("product")]
    first = replace(first, unit_amount=first.book_amount or first.unit_amount, discount_rate=rate)
    before = {"active_at": deal.active_at, "updated_at": deal.updated_at}
    lines_write(deal.owner, deal, [first, *others])
    Deal.objects.filter(pk=deal.pk).update(**before)


def ask(deal: Deal, manager: User, state: ApprovalState, word: str, reason: str) -> None:
    if deal.owner is None:
        return
    lines = lines_of(deal)
    excess = discount_check(discounted(deal, lines), limits_of(deal.owner))
    if not excess:
        return
    made = DiscountApproval.objects.create(
        deal=deal, asked_by=deal.owner, word=word, state=state, **figures(deal, lines, excess)
    )
    at = timezone.now() - timedelta(hours=5 + 9 * (made.pk % 7))
    decided = {"decided_by": manager, "decided_at": at + timedelta(hours=3), "reason": reason}
    more = {} if state is ApprovalState.ASKED else decided
    DiscountApproval.objects.filter(pk=made.pk).update(asked_at=at, **more)
