from django.utils.translation import gettext_lazy as _

from crm.navigation import SettingsEntry

PERSONAL = (
    SettingsEntry(
        "out-of-office",
        _("Out of office"),
        "calendars:absence-list",
        icon="tree-palm",
        permission="calendars.view_absence",
        group="personal",
        hint=_("When you are away and who stands in; who else is away."),
    ),
)
COMPANY = (
    SettingsEntry(
        "hours",
        _("Hours and holidays"),
        "calendars:calendar-list",
        icon="calendar-clock",
        permission="calendars.view_calendar",
        group="company",
        hint=_("When the company works: hours, public holidays, days off of its own."),
    ),
)
