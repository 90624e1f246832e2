"""The personal pages of the settings: everybody has them."""

from django.utils.translation import gettext_lazy as _

from crm.navigation import SettingsEntry

PERSONAL = (
    SettingsEntry(
        "profile",
        _("Profile and appearance"),
        "settings:profile",
        icon="circle-user-round",
        permission=None,
        group="personal",
        hint=_("Your name, time zone, theme and keyboard."),
    ),
    SettingsEntry(
        "password",
        _("Password"),
        "account_change_password",
        icon="key-round",
        permission=None,
        group="personal",
        hint=_("Change the password you sign in with."),
    ),
    SettingsEntry(
        "two-step",
        _("Two-step sign-in"),
        "mfa_index",
        icon="shield-check",
        permission=None,
        group="personal",
        hint=_("A code or a passkey beside the password."),
    ),
    SettingsEntry(
        "sessions",
        _("Sessions"),
        "usersessions_list",
        icon="monitor-smartphone",
        permission=None,
        group="personal",
        hint=_("Where you are signed in, and signing out elsewhere."),
    ),
)
