"""The words of what people change about their notifications."""

from django.utils.translation import gettext_lazy as _

LABELS = {"notifications.settings.edit": _("Notifications chosen")}
