from django.utils.translation import gettext_lazy as _

from crm.navigation import Entry

ENTRIES = (
    Entry(
        "deals",
        _("Deals"),
        "sales:deal-board",
        icon="handshake",
        permission="sales.view_deal",
        shortcut="d",
        also=("/deals/",),
    ),
    Entry(
        "orders",
        _("Orders"),
        "sales:order-list",
        icon="shopping-bag",
        permission="sales.view_order",
        shortcut="o",
    ),
)
CREATE = (
    Entry(
        "deal-create",
        _("New deal"),
        "sales:deal-create",
        icon="handshake",
        permission="sales.create_deal",
    ),
    Entry(
        "order-create",
        _("New order"),
        "sales:order-create",
        icon="shopping-bag",
        permission="sales.create_order",
    ),
)
