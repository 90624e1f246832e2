"""Discounts that were asked for and what came of it, on the timeline of their deal."""

from django.db.models import Model
from django.urls import reverse
from django.utils.translation import gettext as _

from contacts.models import Customer
from crm.records.timeline import Entry, Place
from crm.staff.models import User
from sales.approval_words import per_cent
from sales.approvals import approvals
from sales.choices import ApprovalState
from sales.models import Deal, DiscountApproval

ASKED, DECIDED = "approval_asked", "approval_decided"
ENDS = (ApprovalState.APPROVED, ApprovalState.REJECTED)
MOST = 100


def asked(
    user: User, customer: Customer, before: Place | None, limit: int, about: Model | None = None
) -> list[Entry]:
    """On the deal only: a customer's timeline tells what happened with the customer. A deal has a handful of them."""
    if not isinstance(about, Deal):
        return []
    rows = approvals(user).filter(deal=about).select_related("asked_by", "decided_by").order_by("-pk")
    found = [entry for row in rows[:MOST] for entry in entries(row)]
    older = [
        entry for entry in found if before is None or entry.key < (before.moment, before.source, before.id)
    ]
    return sorted(older, key=lambda entry: entry.key, reverse=True)[:limit]


def entries(row: DiscountApproval) -> list[Entry]:
    """What was granted by whoever wrote the lines was never asked for."""
    ended = [end_entry(row)] if row.state in ENDS else []
    return ended if row.decided_by_id == row.asked_by_id else [ask_entry(row), *ended]


def ask_entry(row: DiscountApproval) -> Entry:
    return Entry(
        id=row.pk,
        source=ASKED,
        kind=ASKED,
        icon="badge-percent",
        happened_at=row.asked_at,
        summary=_("Asked for approval of %s discount") % per_cent(row.rate),
        body=row.word,
        actor_name=row.asked_by.name,
        url=reverse("sales:approval-record", args=[row.pk]),
    )


def end_entry(row: DiscountApproval) -> Entry:
    approved = row.state == ApprovalState.APPROVED
    words = _("%s discount approved") if approved else _("%s discount refused")
    icons = {True: {"icon": "circle-check"}, False: {"icon": "circle-x"}}
    return Entry(
        id=row.pk,
        source=DECIDED,
        kind=DECIDED,
        icon=icons[approved]["icon"],
        happened_at=row.decided_at or row.asked_at,
        summary=words % per_cent(row.rate),
        body=row.reason,
        actor_name=row.decided_by.name if row.decided_by else "",
        url=reverse("sales:approval-record", args=[row.pk]),
    )
