"""The words of what happens to mails and accounts."""

from django.utils.translation import gettext_lazy as _

LABELS = {
    "mail.outgoing.retry": _("Mail sent again"),
    "mail.outgoing.cancel": _("Mail cancelled"),
    "mail.account.create": _("Mail account created"),
    "mail.account.edit": _("Mail account edited"),
    "mail.account.set_secret": _("Password of the mail account changed"),
    "mail.account.delete": _("Mail account deleted"),
    "mail.dropaddress.renew": _("Address for copies renewed"),
    "mail.ignoredsender.create": _("Sender ignored"),
    "mail.ignoredsender.delete": _("Sender not ignored any more"),
    "mail.quarantine.retry": _("Quarantined mail read again"),
}
