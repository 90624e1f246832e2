"""Discounts beyond a limit, as the API offers them: asked for, approved, refused, withdrawn."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from crm.api.inputs import RowField, TextField
from crm.api.resources import Action, Input, Resource
from crm.staff.models import User
from sales.models import DiscountApproval
from sales.quote_selectors import quotes
from sales.services.approval import approval_approve, approval_ask, approval_reject, approval_withdraw

LONGEST = 1000


def words(*, required: bool = False) -> Any:
    return lambda user: TextField(max_length=LONGEST, required=required, allow_blank=not required)


def quote(user: User | None) -> serializers.Field:
    rows = None if user is None else quotes(user)
    return RowField(
        rows, required=False, help_text=_("The quote whose lines it is about; the deal's without.")
    )


def ask(*, actor: User, values: Mapping[str, Any]) -> DiscountApproval:
    given = {name: values[name] for name in ("word", "quote") if values.get(name)}
    return approval_ask(actor=actor, deal=values["deal"], **given)


def approve(*, actor: User, obj: DiscountApproval, reason: str = "") -> DiscountApproval:
    return approval_approve(actor=actor, approval=obj, reason=reason)


def reject(*, actor: User, obj: DiscountApproval, reason: str) -> DiscountApproval:
    return approval_reject(actor=actor, approval=obj, reason=reason)


def withdraw(*, actor: User, obj: DiscountApproval) -> DiscountApproval:
    return approval_withdraw(actor=actor, approval=obj)


APPROVALS = Resource(
    name="discount-approvals",
    kind="sales.discountapproval",
    one="DiscountApproval",
    scopes=("sales.deal",),
    create=ask,
    creates=("deal",),
    edits=(),
    requires=("deal",),
    inputs=(Input("word", words()), Input("quote", quote)),
    actions=(
        Action(
            "approve", approve, _("Let it through, and anything smaller"), inputs=(Input("reason", words()),)
        ),
        Action("reject", reject, _("Say no, with a reason"), inputs=(Input("reason", words(required=True)),)),
        Action("withdraw", withdraw, _("No longer ask for it")),
    ),
    permissions={
        "create": "sales.edit_deal",
        "withdraw": "sales.edit_deal",
        "approve": "sales.approve_discount",
        "reject": "sales.reject_discount",
    },
    select=("deal", "asked_by", "decided_by"),
)
