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
        "email",
        _("E-mail"),
        "contacts:settings-email",
        icon="mail",
        permission="contacts.create_interaction",
        group="personal",
        hint=_("Your signature, your own mailboxes, and the address that puts mails on records."),
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
        "mail-reconciliation",
        _("Mail in the CRM"),
        "contacts:mail-reconciliation",
        icon="mail-check",
        permission="mail.view_account",
        group="communication",
        hint=_(
            "Which mails of each mailbox came onto records, which did not, and whether the numbers add up."
        ),
    ),
    SettingsEntry(
        "email-templates",
        _("E-mail templates"),
        "contacts:settings-email-templates",
        icon="mail-plus",
        permission="contacts.create_emailtemplate",
        group="communication",
        hint=_("Texts to begin an e-mail to a customer from, with names and dates filled in."),
    ),
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
