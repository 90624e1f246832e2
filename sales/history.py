"""The words of an order's history, and of what an import of orders does to customers."""

from django.utils.translation import gettext_lazy as _

LABELS = {
    "sales.order.edit": _("Edited"),
    "sales.order.create": _("Placed"),
    "sales.order.cancel": _("Cancelled"),
    "sales.order.return": _("Returned"),
    "sales.order.reinstate": _("Reinstated"),
    "sales.order.import": _("Imported"),
    "contacts.customer.import": _("Imported"),
    "contacts.customer.undo_import": _("Import undone"),
    "sales.order.undo_import": _("Import undone"),
}
