from django.utils.translation import gettext_lazy as _

from crm.access.scopes import AccessObject

OBJECTS = (
    AccessObject("fields.field", _("Custom fields"), ("view", "create", "edit", "delete"), owned=False),
)
