from django.utils.translation import gettext_lazy as _

from crm.navigation import SettingsEntry

SETTINGS = (
    SettingsEntry(
        "pools",
        _("Pools"),
        "assignment:pool-list",
        icon="shuffle",
        permission="assignment.view_pool",
        group="people",
        hint=_("Who shares new work, in turn or by load, by skills and absences."),
    ),
)
