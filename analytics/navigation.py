from django.utils.translation import gettext_lazy as _

from crm.navigation import Entry

ENTRIES = (
    Entry(
        "value",
        _("Value"),
        "analytics:value",
        icon="chart-line",
        permission="analytics.view_value",
        shortcut="a",
    ),
    Entry("model", _("Models"), "analytics:model", icon="git-merge", permission="analytics.view_model"),
)
