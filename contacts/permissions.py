from django.utils.translation import gettext_lazy as _

from crm.access.scopes import AccessObject

# what CustomerValue holds is analytics' to show; lists, strips and filters below ask for the same permission
VIEW_VALUE = "analytics.view_value"
VALUE_FILTERS = ("rfm_group", "risk", "r", "fm", "quadrant", "category", "lifecycle")
NEEDS_VALUE = dict.fromkeys(VALUE_FILTERS, VIEW_VALUE)

OBJECTS = (
    AccessObject("contacts.customer", _("Customers"), verbs={"restore": "delete", "tag": "edit"}),
    AccessObject(
        "contacts.tag",
        _("Tags"),
        ("view", "create", "edit", "delete"),
        {"merge": "edit", "restore": "delete"},
        owned=False,
    ),
    AccessObject(
        "contacts.interaction",
        _("Interactions"),
        ("view", "create", "edit", "delete", "export", "bulk"),
        {"restore": "delete"},
    ),
    AccessObject("contacts.emailtemplate", _("E-mail templates"), ("create", "edit"), owned=False),
    AccessObject(
        "contacts.task",
        _("Tasks"),
        ("view", "create", "edit", "delete", "assign", "bulk", "export"),
        {"complete": "edit", "reopen": "edit", "restore": "delete"},
    ),
)
