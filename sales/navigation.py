from django.utils.translation import gettext_lazy as _

from crm.navigation import Entry, SettingsEntry

ENTRIES = (
    Entry(
        "leads",
        _("Leads"),
        "sales:lead-list",
        icon="user-search",
        permission="sales.view_lead",
        shortcut="e",
    ),
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
        "quotes",
        _("Quotes"),
        "sales:quote-list",
        icon="file-text",
        permission="sales.view_deal",
    ),
    Entry(
        "sequences",
        _("Sequences"),
        "sales:sequence-list",
        icon="list-checks",
        permission="sales.view_sequence",
    ),
    Entry(
        "forecast",
        _("Forecast"),
        "sales:forecast",
        icon="trending-up",
        permission="sales.view_deal",
    ),
    Entry(
        "sales-report",
        _("Report"),
        "sales:report",
        icon="chart-column",
        permission="sales.view_deal",
    ),
    Entry(
        "orders",
        _("Orders"),
        "sales:order-list",
        icon="shopping-bag",
        permission="sales.view_order",
        shortcut="o",
    ),
    Entry("products", _("Products"), "sales:product-list", icon="package", permission="sales.view_product"),
)
CREATE = (
    Entry(
        "lead-create",
        _("New lead"),
        "sales:lead-create",
        icon="user-search",
        permission="sales.create_lead",
    ),
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
    Entry(
        "product-create",
        _("New product"),
        "sales:product-create",
        icon="package",
        permission="sales.create_product",
    ),
)
SETTINGS = (
    SettingsEntry(
        "leads",
        _("Leads"),
        "sales:lead-settings",
        icon="user-search",
        permission="sales.edit_pipeline",
        group="records",
        hint=_("How soon a lead is to be touched, and who gets which."),
    ),
    SettingsEntry(
        "pipelines",
        _("Pipelines"),
        "sales:pipelines",
        icon="git-branch",
        permission="sales.edit_pipeline",
        group="records",
        hint=_("The stages that deals go through, how likely each is to be won, and why deals are lost."),
    ),
)
