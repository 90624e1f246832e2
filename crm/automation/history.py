from django.utils.translation import gettext_lazy as _

LABELS = {
    "automation.automation.create": _("Created"),
    "automation.automation.edit": _("Edited"),
    "automation.automation.switch": _("Switched on or off"),
    "automation.automation.stop": _("Switched off by the program"),
    "automation.automation.confirm": _("Confirmed or dropped"),
    "automation.automation.resend": _("Webhook sent again"),
    "automation.automation.delete": _("Deleted"),
    "automation.automation.restore": _("Restored"),
}
FIELDS = {
    "cause": _("When"),
    "trigger": _("Trigger"),
    "rule": _("Rule"),
    "actions": _("Actions"),
    "is_on": _("On"),
    "stopped_reason": _("Why it stopped"),
    "reason": _("Reason"),
}
