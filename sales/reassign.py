"""What of sales goes to a colleague when somebody leaves."""

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from crm.search.services import index
from crm.staff.reassign import Reassigner
from sales.models import Deal, Order
from sales.services.approval_keep import flag_keep


def deal_follow(deal: Deal) -> None:
    """Its new owner has limits of their own."""
    index(deal)
    flag_keep(deal)


REASSIGNERS = (
    Reassigner("deals", _("Deals"), Deal.objects.all, "sales.deal.edit", Q(deleted_at=None), deal_follow),
    Reassigner("orders", _("Orders"), Order.objects.all, "sales.order.edit"),
)
