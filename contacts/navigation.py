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
    Entry(
        "calendar",
        _("Calendar"),
        "contacts:calendar",
        icon="calendar-days",
        permission="contacts.view_task",
        shortcut="y",
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
PERSONAL = (
    SettingsEntry(
        "calendar",
        _("Calendar"),
        "contacts:settings-calendar",
        icon="calendar-days",
        permission="contacts.view_task",
        group="personal",
        hint=_("Show your calls and meetings in another calendar."),
    ),
    SettingsEntry(
        "booking",
        _("Booking pages"),
        "contacts:settings-booking",
        icon="calendar-check",
        permission="contacts.create_task",
        group="personal",
        hint=_("Let others choose a time for a meeting with you."),
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
