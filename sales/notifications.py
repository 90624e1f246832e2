"""What people are told of deals and orders."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from crm.notifications.choices import Mail
from crm.notifications.kinds import NotificationKind
from crm.notifications.records import ToldRecord

QUOTE, SEQUENCE, APPROVAL = "quote", "sequence", "approval"
KINDS = (
    NotificationKind(
        QUOTE,
        _("Answers to quotes"),
        _("A customer opens, accepts or declines a quote of one of your deals."),
        icon="file-check",
        default_mail=Mail.NOW,
        permission="sales.view_deal",
    ),
    NotificationKind(
        SEQUENCE,
        _("Paused sequences"),
        _("A step of a sequence waits for you: a text lacks something, a mail came back."),
        icon="list-checks",
        default_mail=Mail.DIGEST,
        permission="sales.view_sequence",
    ),
    NotificationKind(
        APPROVAL,
        _("Discount approvals"),
        _("Somebody asks you for a discount beyond their limit, or your own question is answered."),
        icon="badge-percent",
        default_mail=Mail.NOW,
        permission="sales.view_deal",
    ),
)


def order_url(order: Any) -> str:
    return reverse("sales:order-record", args=[order.pk])


def deal_url(deal: Any) -> str:
    return reverse("sales:deal-record", args=[deal.pk])


RECORDS = (
    ToldRecord("sales.deal", lambda obj: _("Deal"), deal_url, "customer", can_follow=True, detail=str),
    ToldRecord("sales.order", lambda obj: _("Order"), order_url, "customer", can_follow=True, detail=str),
)
