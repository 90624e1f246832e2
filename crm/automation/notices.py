from django.utils.translation import gettext_lazy as _

from crm.notifications.choices import Mail
from crm.notifications.kinds import NotificationKind

AUTOMATION = "automation"
KINDS = (
    NotificationKind(
        AUTOMATION,
        _("Automations"),
        _("An automation tells you something, was switched off or waits for your confirmation."),
        icon="zap",
        default_mail=Mail.DIGEST,
    ),
)
