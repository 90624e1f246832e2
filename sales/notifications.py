"""What people are told of orders."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from crm.notifications.records import ToldRecord


def order_url(order: Any) -> str:
    return reverse("sales:order-record", args=[order.pk])


RECORDS = (
    ToldRecord("sales.order", lambda obj: _("Order"), order_url, "customer", can_follow=True, detail=str),
)
