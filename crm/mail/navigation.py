from django.utils.translation import gettext_lazy as _

from crm.navigation import SettingsEntry

SETTINGS = (
    SettingsEntry(
        "mail-accounts",
        _("Mail accounts"),
        "mail:account-list",
        icon="inbox",
        permission="mail.view_account",
        group="communication",
        hint=_("Mailboxes that the program reads and sends from; by IMAP, Google or Microsoft."),
    ),
    SettingsEntry(
        "mails",
        _("Mails of the program"),
        "mail:outgoing-list",
        icon="send",
        permission="mail.view_outgoing",
        group="communication",
        hint=_("Invitations, digests, notifications: what was sent, what waits, what failed."),
    ),
)
