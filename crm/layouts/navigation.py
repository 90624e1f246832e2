from django.utils.translation import gettext_lazy as _

from crm.navigation import SettingsEntry

SETTINGS = (
    SettingsEntry(
        "layouts",
        _("Record layouts"),
        "layouts:list",
        icon="layout-list",
        permission="layouts.view_layout",
        group="records",
        hint=_("What stands on the page of a record and in which order, also by role."),
    ),
)
