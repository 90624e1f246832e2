"""What of sales goes to a colleague when somebody leaves."""

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from crm.staff.reassign import Reassigner
from sales.models import Deal, Order

REASSIGNERS = (
    Reassigner("deals", _("Deals"), Deal.objects.all, "sales.deal.edit", Q(deleted_at=None)),
    Reassigner("orders", _("Orders"), Order.objects.all, "sales.order.edit"),
)
