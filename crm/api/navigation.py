from django.utils.translation import gettext_lazy as _

from crm.navigation import SettingsEntry

PERSONAL = (
    SettingsEntry(
        "tokens",
        _("API tokens"),
        "tokens:token-list",
        icon="plug",
        permission=None,
        group="personal",
        hint=_("Let other programs work here in your name."),
    ),
)
