from django.utils.translation import gettext_lazy as _

from crm.access.scopes import AccessObject

OBJECTS = (
    AccessObject(
        "calendars.calendar",
        _("Business hours and holidays"),
        ("view", "create", "edit", "delete"),
        owned=False,
    ),
    AccessObject("calendars.absence", _("Out of office"), ("view", "create", "edit", "delete")),
)
