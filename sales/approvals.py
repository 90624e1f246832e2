"""How the discounts of a deal or a quote stand to what people may grant, and which requests there are."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Protocol

from crm.access.grants import grants
from crm.access.querysets import AccessQuerySet, scope_condition
from crm.access.scopes import Scope
from crm.access.services import allowed
from crm.money.services import NoRate, rate_on
from crm.staff.models import User
from sales.approval_words import excess_words
from sales.choices import ApprovalState, StageKind
from sales.discounts import (
    Discounted,
    Excess,
    Limits,
    discount_check,
    effective_rate,
    limits_of,
    margin_rate,
    read_terms,
    uncovered,
)
from sales.models import Deal, DealLine, DiscountApproval, Product, Quote, QuoteLine

APPROVE = "sales.approve_discount"
Written = DealLine | QuoteLine


class Sold(Protocol):
    """A line of a deal, a quote or an order, as far as a discount is concerned."""

    @property
    def product(self) -> Product | None: ...
    @property
    def text(self) -> str: ...
    @property
    def quantity(self) -> Decimal: ...
    @property
    def unit_amount(self) -> Decimal: ...
    @property
    def discount_rate(self) -> Decimal: ...


def approvals(user: User) -> AccessQuerySet[DiscountApproval]:
    """The requests about deals that the person may see."""
    return DiscountApproval.objects.filter(deal__deleted_at=None).visible_to(user)


def to_decide(user: User) -> AccessQuerySet[DiscountApproval]:
    """Those of open deals that wait for somebody of whom the person is one, whatever their own limit says."""
    asked = approvals(user).filter(state=ApprovalState.ASKED, deal__state=StageKind.OPEN)
    rows = asked.exclude(asked_by=user)
    scope = grants(user).scope_of(APPROVE)
    if scope is Scope.NONE:
        return rows.none()
    return rows if scope is Scope.ALL else rows.filter(scope_condition(user, scope, prefix="deal__"))


def lines_of(deal: Deal, quote: Quote | None = None) -> Sequence[Written]:
    rows = (quote or deal).lines.select_related("product")
    return list(rows.order_by("pk"))


def discounted(document: Deal | Quote, lines: Sequence[Written]) -> list[Discounted]:
    """The lines of a deal or a quote as the check sees them."""
    try:
        rate = rate_on(document.currency, document.rated_on)
    except NoRate:
        rate = None
    return [as_discounted(line, rate, line.book_amount) for line in lines]


def as_discounted(line: Sold, rate: Decimal | None, book: Decimal | None) -> Discounted:
    """`rate` is that of the currency; `book` the price that a discount counts from."""
    product = line.product
    cost = product.cost_amount / rate if product and product.cost_amount is not None and rate else None
    return Discounted(
        line.text or (product.name if product else ""),
        product.category if product else "",
        effective_rate(line.unit_amount, line.discount_rate, book),
        margin_rate(line.unit_amount, line.discount_rate, cost),
        line.quantity,
        product.pk if product else None,
    )


def granted(deal: Deal) -> list[Discounted]:
    """What approvals of this deal let through."""
    rows = deal.approvals.filter(state=ApprovalState.APPROVED).values_list("terms", flat=True)
    return [term for terms in rows for term in read_terms(terms)]


def beyond(lines: Sequence[Discounted], limits: Limits, deal: Deal) -> list[Excess]:
    """What needs approval and has none; the approvals are read only where a limit is passed."""
    excess = discount_check(lines, limits)
    return uncovered(excess, granted(deal)) if excess else []


@dataclass(frozen=True)
class DiscountStanding:
    """What a reader of a deal or a quote is told: `excess` of `person`'s limits, all of it and what is not approved.

    `request` is the newest one that matters: the open one, else the last decided.
    """

    person: User
    excess: list[Excess]
    missing: list[Excess]
    request: DiscountApproval | None
    may_ask: bool
    may_decide: bool
    may_go_on: bool

    @property
    def state(self) -> str:
        """approved | asked | rejected | needed"""
        if not self.missing:
            return "approved"
        if self.request and self.request.is_open:
            return "asked"
        return "rejected" if self.request and self.request.state == ApprovalState.REJECTED else "needed"


def standing(user: User, deal: Deal, quote: Quote | None = None) -> DiscountStanding | None:
    """Of the reader's own limits if they may edit the deal, else (or within them) of its owner's; None: in order."""
    may_edit = allowed(user, "sales.edit_deal", deal)
    mine = limits_of(user) if may_edit else []
    owner = deal.owner if deal.owner != user else None
    theirs = limits_of(owner) if owner else []
    if not mine and not theirs:
        return None
    lines = discounted(quote or deal, lines_of(deal, quote))
    own = discount_check(lines, mine)
    person, excess = user, own
    if not own and owner:
        person, excess = owner, discount_check(lines, theirs)
    if not excess:
        return None
    request = newest_request(deal)
    return DiscountStanding(
        person,
        excess,
        uncovered(excess, granted(deal)),
        request,
        may_ask=bool(own) and may_edit and deal.is_open,
        may_decide=bool(request and request.is_open and may_decide(user, request)),
        may_go_on=may_edit and not own,
    )


def newest_request(deal: Deal) -> DiscountApproval | None:
    rows = deal.approvals.exclude(state__in=(ApprovalState.WITHDRAWN, ApprovalState.REPLACED))
    return rows.select_related("asked_by", "decided_by", "quote").order_by("-pk").first()


def may_decide(user: User, approval: DiscountApproval) -> bool:
    """An open deal, the permission, and a limit of one's own that reaches so far."""
    if not approval.deal.is_open or not allowed(user, APPROVE, approval.deal):
        return False
    return not discount_check(read_terms(approval.terms), limits_of(user))


def banner(user: User, deal: Deal, address: str, quote: Quote | None = None) -> dict[str, Any]:
    """What sales/discount_banner.html shows; `address` is where one asks."""
    found = standing(user, deal, quote)
    words = [excess_words(user, one) for one in found.missing] if found else []
    return {"discount": found, "discount_words": words, "ask_url": address}
