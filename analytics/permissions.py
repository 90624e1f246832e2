from django.utils.translation import gettext_lazy as _

from crm.access.scopes import AccessObject

OBJECTS = (
    AccessObject("analytics.value", str(_("Customer value"))),
    AccessObject("analytics.model", str(_("Value models")), ("view", "edit")),
)
