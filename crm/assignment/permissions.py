from django.utils.translation import gettext_lazy as _

from crm.access.scopes import AccessObject

OBJECTS = (
    AccessObject(
        "assignment.pool", _("Pools for new work"), ("view", "create", "edit", "delete"), owned=False
    ),
)
