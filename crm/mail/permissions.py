from django.utils.translation import gettext_lazy as _

from crm.access.scopes import AccessObject

OBJECTS = (
    AccessObject("mail.outgoing", _("Mails of the program"), ("view", "edit"), owned=False),
    AccessObject("mail.account", _("Mail accounts"), ("view", "create", "edit", "delete")),
)
