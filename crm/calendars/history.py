"""The words of what happens to calendars and absences."""

from django.utils.translation import gettext_lazy as _

LABELS = {
    "calendars.calendar.create": _("Calendar created"),
    "calendars.calendar.edit": _("Calendar edited"),
    "calendars.calendar.make_default": _("Default calendar changed"),
    "calendars.calendar.delete": _("Calendar deleted"),
    "calendars.calendar.set_day": _("Day off changed"),
    "calendars.calendar.remove_day": _("Day off removed"),
    "calendars.absence.create": _("Out of office noted"),
    "calendars.absence.delete": _("Out of office removed"),
}
FIELDS = {
    "week": _("Hours"),
    "is_default": _("Default"),
    "day_on": _("Day"),
    "is_open": _("Open"),
    "starts_on": _("First day"),
    "ends_on": _("Last day"),
    "substitute": _("Substitute"),
}
