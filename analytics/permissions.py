from django.utils.translation import gettext_lazy as _

from crm.access.scopes import AccessObject

OBJECTS = (
    AccessObject("analytics.value", _("Customer value"), ("view",), owned=False),
    AccessObject("analytics.model", _("Value models"), ("view", "edit"), owned=False),
)
