from django.utils.translation import gettext_lazy as _

from crm.navigation import Entry, SettingsEntry

ENTRIES = (
    Entry(
        "customers",
        _("Customers"),
        "contacts:customer-list",
        icon="users",
        permission="contacts.view_customer",
        shortcut="c",
    ),
    Entry(
        "tasks",
        _("Tasks"),
        "contacts:task-list",
        icon="check-square",
        permission="contacts.view_task",
        shortcut="k",
    ),
)
CREATE = (
    Entry(
        "customer-create",
        _("New customer"),
        "contacts:customer-create",
        icon="user-plus",
        permission="contacts.create_customer",
    ),
    Entry(
        "task-create",
        _("New task"),
        "contacts:task-create",
        icon="square-check",
        permission="contacts.create_task",
    ),
)
SETTINGS = (
    SettingsEntry(
        "tags",
        _("Tags"),
        "contacts:settings-tags",
        icon="tag",
        permission="contacts.view_tag",
        group="records",
        hint=_("The words that customers are marked with: rename, merge and tidy them."),
    ),
)
