from django.utils.translation import gettext_lazy as _

from crm.access.scopes import AccessObject

OBJECTS = (
    AccessObject("contacts.customer", str(_("Customers")), verbs={"restore": "delete", "tag": "edit"}),
    AccessObject("contacts.interaction", str(_("Interactions")), ("view", "create", "edit", "delete")),
    AccessObject(
        "contacts.task",
        str(_("Tasks")),
        ("view", "create", "edit", "delete", "assign", "bulk", "export"),
        {"complete": "edit", "reopen": "edit", "restore": "delete"},
    ),
)
