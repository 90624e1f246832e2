"""What of sales goes to a colleague when somebody leaves."""

from django.utils.translation import gettext_lazy as _

from crm.staff.reassign import Reassigner
from sales.models import Order

REASSIGNERS = (Reassigner("orders", _("Orders"), Order.objects.all, "sales.order.edit"),)
