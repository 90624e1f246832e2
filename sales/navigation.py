from django.utils.translation import gettext_lazy as _

from crm.navigation import Entry

ENTRIES = (
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
        "order-create",
        _("New order"),
        "sales:order-create",
        icon="shopping-bag",
        permission="sales.create_order",
    ),
)
