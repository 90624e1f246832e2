"""What every write of lines asks: is it approved, and do requests and flags still say what is there?"""

from collections.abc import Sequence

from django.core.exceptions import ValidationError

from crm.access.services import allowed
from crm.audit.services import record
from crm.records.services import write_changes
from crm.staff.models import User
from sales.approval_words import refusal
from sales.approvals import APPROVE, Written, beyond, discounted, lines_of
from sales.choices import ApprovalState, DealApproval
from sales.discounts import Discounted, Excess, discount_check, limits_of, read_terms, uncovered
from sales.models import Deal, DiscountApproval, Quote
from sales.services.approval_write import figures


def require_approved(actor: User, deal: Deal, quote: Quote | None = None) -> None:
    """Raises ValidationError where the lines grant more than the actor may, and nobody approved it."""
    found = beyond(discounted(quote or deal, lines_of(deal, quote)), limits_of(actor), deal)
    if found:
        raise ValidationError(refusal(actor, found), code="needs_approval")


def approvals_keep(actor: User, deal: Deal, before: Sequence[Written], quote: Quote | None = None) -> None:
    """After the lines changed: what was asked for others is overtaken, what the writer may grant is granted.

    A discount beyond the owner's limit that somebody wrote who may approve it is approved thereby; what stood there
    `before` is not.
    """
    overtake(actor, deal)
    document, lines = quote or deal, lines_of(deal, quote)
    excess = beyond(discounted(document, lines), limits_of(deal.owner), deal) if deal.owner else []
    excess = newly(excess, discounted(document, before)) if excess and actor != deal.owner else []
    if excess and may_grant(actor, deal, excess):
        values = figures(document, lines, excess)
        made = DiscountApproval.objects.create(
            deal=deal, quote=quote, asked_by=actor, decided_by=actor, state=ApprovalState.APPROVED, **values
        )
        DiscountApproval.objects.filter(pk=made.pk).update(decided_at=made.asked_at)
        record(actor=actor, action="sales.deal.approval_grant", obj=deal, after={"discount": str(made.rate)})
    flag_keep(deal)


def approvals_follow(actor: User, deal: Deal) -> None:
    """After owner or customer changed: requests and flags say what holds for them. Nothing is granted thereby."""
    overtake(actor, deal)
    flag_keep(deal)


def newly(excess: Sequence[Excess], before: Sequence[Discounted]) -> list[Excess]:
    """What somebody wrote just now, each line that stood there before left out once."""
    left, fresh = list(before), []
    for found in excess:
        if found.line in left:
            left.remove(found.line)
        else:
            fresh.append(found)
    return fresh


def may_grant(actor: User, deal: Deal, excess: list[Excess]) -> bool:
    if not allowed(actor, APPROVE, deal):
        return False
    return not discount_check([found.line for found in excess], limits_of(actor))


def overtake(actor: User, deal: Deal) -> None:
    """An open request whose lines grant more by now, or nothing that needs it, is asked no longer."""
    waiting = deal.approvals.select_related("asked_by", "quote").filter(state=ApprovalState.ASKED).first()
    if waiting is None:
        return
    lines = discounted(waiting.quote or deal, lines_of(deal, waiting.quote))
    excess = discount_check(lines, limits_of(waiting.asked_by))
    if excess and not uncovered(excess, read_terms(waiting.terms)):
        return
    values = {"state": ApprovalState.REPLACED.value}
    write_changes(
        actor=actor, obj=waiting, values=values, version=None, action="sales.discountapproval.replace"
    )
    record(actor=actor, action="sales.deal.approval_replace", obj=deal, after={"discount": str(waiting.rate)})


def flag_keep(deal: Deal) -> None:
    """What lists and boards show: whether the deal's lines go beyond what its owner may grant.

    Of a closed deal nothing is asked any more.
    """
    found = flag_of(deal).value
    if found != deal.approval:
        Deal.objects.filter(pk=deal.pk).update(approval=found)
        deal.approval = found


def flag_of(deal: Deal) -> DealApproval:
    if deal.owner is None:
        return DealApproval.NONE
    excess = discount_check(discounted(deal, lines_of(deal)), limits_of(deal.owner))
    if not excess:
        return DealApproval.NONE
    rows = list(deal.approvals.order_by("-pk").values_list("state", "terms"))
    passed = [term for state, terms in rows if state == ApprovalState.APPROVED for term in read_terms(terms)]
    if not uncovered(excess, passed):
        return DealApproval.APPROVED
    if not deal.is_open:
        return DealApproval.NONE
    if any(state == ApprovalState.ASKED for state, _terms in rows):
        return DealApproval.ASKED
    told = [
        (state, terms) for state, terms in rows if state in (ApprovalState.APPROVED, ApprovalState.REJECTED)
    ]
    refused = told and told[0][0] == ApprovalState.REJECTED and not uncovered(excess, read_terms(told[0][1]))
    return DealApproval.REJECTED if refused else DealApproval.NEEDED
