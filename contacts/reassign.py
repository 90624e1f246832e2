"""What of contacts goes to a colleague when somebody leaves."""

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from contacts.models import Customer, Task
from crm.staff.reassign import Reassigner

REASSIGNERS = (
    Reassigner(
        "customers", _("Customers"), Customer.objects.all, "contacts.customer.edit", Q(deleted_at=None)
    ),
    Reassigner(
        "tasks",
        _("Open tasks"),
        Task.objects.all,
        "contacts.task.edit",
        Q(done_at=None, deleted_at=None),
        after=lambda task: None,
    ),
)
