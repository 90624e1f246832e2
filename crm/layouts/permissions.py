from django.utils.translation import gettext_lazy as _

from crm.access.scopes import AccessObject

OBJECTS = (
    AccessObject(
        "layouts.layout",
        _("Record layouts"),
        ("view", "edit"),
        {"reset": "edit", "restore": "edit"},
        owned=False,
    ),
)
