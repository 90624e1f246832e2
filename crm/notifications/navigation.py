from django.utils.translation import gettext_lazy as _

from crm.navigation import SettingsEntry

SETTINGS = (
    SettingsEntry(
        "notifications",
        _("Notifications"),
        "notifications:settings",
        icon="bell",
        permission=None,
        group="personal",
        hint=_("What you are told of, in the bell and by e-mail."),
    ),
)
