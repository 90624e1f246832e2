from django.utils.translation import gettext_lazy as _

from crm.access.scopes import AccessObject

OBJECTS = (
    AccessObject(
        "automation.automation",
        _("Automations"),
        ("view", "create", "edit", "delete"),
        {"switch": "edit", "confirm": "edit", "run": "edit", "restore": "delete"},
        owned=False,
    ),
)
