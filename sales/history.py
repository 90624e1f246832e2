"""The words of the history of deals and orders, and of what an import of orders does to customers."""

from django.utils.translation import gettext_lazy as _

LABELS = {
    "sales.deal.create": _("Created"),
    "sales.deal.edit": _("Edited"),
    "sales.deal.move": _("Moved"),
    "sales.deal.undo_move": _("Put back"),
    "sales.deal.win": _("Won"),
    "sales.deal.lose": _("Lost"),
    "sales.deal.reopen": _("Opened again"),
    "sales.deal.lines": _("Lines changed"),
    "sales.deal.person_add": _("Person added"),
    "sales.deal.person_remove": _("Person removed"),
    "sales.deal.competitor_add": _("Competitor added"),
    "sales.deal.competitor_remove": _("Competitor removed"),
    "sales.deal.delete": _("Deleted"),
    "sales.deal.restore": _("Restored"),
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
