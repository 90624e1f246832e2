from django.utils.translation import gettext_lazy as _

from crm.navigation import SettingsEntry

SETTINGS = (
    SettingsEntry(
        "fields",
        _("Custom fields"),
        "fields:list",
        icon="text-cursor-input",
        permission="fields.view_field",
        group="records",
        hint=_("What you want to know of customers beyond what is built in."),
    ),
)
