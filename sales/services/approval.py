"""Asking for a discount beyond one's limit, and what an approver says to it."""

from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from crm.access.grants import grants, warm_grants
from crm.access.services import allowed, require
from crm.audit.services import record
from crm.notifications.services import notify
from crm.records.services import write_changes
from crm.staff.models import User
from crm.staff.selectors import colleagues
from sales.approval_words import per_cent
from sales.approvals import APPROVE, beyond, discounted, lines_of
from sales.choices import ApprovalState
from sales.discounts import all_limits, discount_check, limits_for, limits_of, read_terms, terms_of
from sales.models import Deal, DiscountApproval, Quote
from sales.notifications import APPROVAL
from sales.services.approval_keep import flag_keep
from sales.services.approval_write import figures


@transaction.atomic
def approval_ask(*, actor: User, deal: Deal, word: str = "", quote: Quote | None = None) -> DiscountApproval:
    """Ask those who may decide; asked twice for the same it is one request. Raises ValidationError."""
    require(actor, "sales.edit_deal", deal)
    if quote is not None and quote.deal_id != deal.pk:
        raise ValidationError({"quote": _("This is a quote of another deal.")})
    deal = Deal.objects.select_for_update(of=("self",)).get(pk=deal.pk)
    if deal.deleted_at or not deal.is_open:
        raise ValidationError(_("This deal is closed."))
    lines = lines_of(deal, quote)
    excess = beyond(discounted(quote or deal, lines), limits_of(actor), deal)
    if not excess:
        raise ValidationError(_("Nothing needs approval: all discounts are within your limit, or approved."))
    waiting = deal.approvals.filter(state=ApprovalState.ASKED).first()
    if (
        waiting is not None
        and waiting.terms == terms_of(excess)
        and waiting.quote_id == (quote.pk if quote else None)
    ):
        return waiting
    if waiting is not None:
        settle(actor, waiting, ApprovalState.REPLACED, "replace")
    made = DiscountApproval.objects.create(
        deal=deal, quote=quote, asked_by=actor, word=word.strip(), **figures(quote or deal, lines, excess)
    )
    record(actor=actor, action="sales.deal.approval_ask", obj=deal, after=told(made, made.word))
    flag_keep(deal)
    tell_approvers(made)
    return made


@transaction.atomic
def approval_approve(*, actor: User, approval: DiscountApproval, reason: str = "") -> DiscountApproval:
    """Let through what was asked, and anything smaller. Raises ValidationError when somebody was first."""
    approval = begin(actor, approval)
    if discount_check(read_terms(approval.terms), limits_of(actor)):
        raise ValidationError(
            _("This goes beyond what you may grant yourself. Somebody above has to decide.")
        )
    return decide(actor, approval, ApprovalState.APPROVED, "approve", reason)


@transaction.atomic
def approval_reject(*, actor: User, approval: DiscountApproval, reason: str) -> DiscountApproval:
    """Say no, with a reason. Raises ValidationError."""
    approval = begin(actor, approval)
    if not reason.strip():
        raise ValidationError({"reason": _("Say why, so that the next offer is a better one.")})
    return decide(actor, approval, ApprovalState.REJECTED, "reject", reason)


@transaction.atomic
def approval_withdraw(*, actor: User, approval: DiscountApproval) -> DiscountApproval:
    """Take the question back: whoever asked, or may edit the deal. Withdrawn twice is withdrawn once."""
    require(actor, "sales.edit_deal", approval.deal)
    approval = locked(approval)
    if approval.state == ApprovalState.WITHDRAWN:
        return approval
    refuse_decided(approval)
    settle(actor, approval, ApprovalState.WITHDRAWN, "withdraw")
    record(actor=actor, action="sales.deal.approval_withdraw", obj=approval.deal, after=told(approval))
    flag_keep(approval.deal)
    return approval


def begin(actor: User, approval: DiscountApproval) -> DiscountApproval:
    """The request, locked and still open, for somebody who may decide it; never for whoever asked."""
    require(actor, "sales.view_deal", approval.deal)
    if not allowed(actor, APPROVE, approval.deal):
        raise PermissionDenied
    approval = locked(approval)
    refuse_decided(approval)
    if not approval.deal.is_open:
        raise ValidationError(_("This deal is closed."))
    if approval.asked_by_id == actor.pk:
        raise ValidationError(_("You asked for this yourself: somebody else has to decide."))
    return approval


def locked(approval: DiscountApproval) -> DiscountApproval:
    """Deal and request as they are now, locked in this order as everywhere."""
    deal = Deal.objects.select_for_update(of=("self",)).get(pk=approval.deal_id)
    rows = DiscountApproval.objects.select_for_update(of=("self",)).select_related(
        "asked_by", "decided_by", "quote"
    )
    found = rows.get(pk=approval.pk)
    found.deal = deal
    return found


def refuse_decided(approval: DiscountApproval) -> None:
    if approval.is_open:
        return
    words: dict[str, str] = {
        ApprovalState.APPROVED: _("%(by)s has approved it already."),
        ApprovalState.REJECTED: _("%(by)s has refused it already."),
        ApprovalState.WITHDRAWN: _("It was taken back meanwhile."),
        ApprovalState.REPLACED: _("The lines were changed meanwhile: this is no longer asked."),
    }
    by = approval.decided_by.name if approval.decided_by else ""
    raise ValidationError(words[approval.state] % {"by": by})


def decide(
    actor: User, approval: DiscountApproval, state: ApprovalState, verb: str, reason: str
) -> DiscountApproval:
    more = {"decided_by_id": actor.pk, "decided_at": timezone.now(), "reason": reason.strip()}
    settle(actor, approval, state, verb, **more)
    record(
        actor=actor,
        action=f"sales.deal.approval_{verb}",
        obj=approval.deal,
        after=told(approval, approval.reason),
    )
    flag_keep(approval.deal)
    words = _("Approved %s") if state is ApprovalState.APPROVED else _("Refused %s")
    notify(
        user=approval.asked_by, kind=APPROVAL, text=words % text_of(approval), url=address(approval), obj=approval.deal,
        actor=actor, detail=approval.reason,
    )  # fmt: skip
    return approval


def settle(actor: User, approval: DiscountApproval, state: ApprovalState, verb: str, **more: Any) -> None:
    action = f"sales.discountapproval.{verb}"
    write_changes(
        actor=actor, obj=approval, values={"state": state.value, **more}, version=None, action=action
    )


def told(approval: DiscountApproval, word: str = "") -> dict[str, str]:
    found = {"discount": f"{per_cent(approval.rate)}", "word": word}
    return {key: value for key, value in found.items() if value}


def text_of(approval: DiscountApproval) -> str:
    return _("%(rate)s discount on %(deal)s") % {"rate": per_cent(approval.rate), "deal": approval.deal}


def address(approval: DiscountApproval) -> str:
    return reverse("sales:approval-record", args=[approval.pk])


def tell_approvers(approval: DiscountApproval) -> None:
    """Those whose permission and limit reach so far; administrators only where there is nobody else."""
    for user in approvers(approval):
        notify(
            user=user, kind=APPROVAL, text=_("Asks for %s") % text_of(approval), url=address(approval),
            obj=approval.deal, actor=approval.asked_by, detail=approval.word,
        )  # fmt: skip


def approvers(approval: DiscountApproval) -> list[User]:
    known, people = all_limits(), list(colleagues().exclude(pk=approval.asked_by_id))
    warm_grants(people)
    terms = read_terms(approval.terms)
    able = [
        user
        for user in people
        if allowed(user, APPROVE, approval.deal)
        and not discount_check(terms, limits_for(grants(user).roles, known))
    ]
    nearer = [user for user in able if not allowed(user, "access.edit_role")]
    return nearer or able
