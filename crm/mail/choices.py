from django.db import models
from django.utils.translation import gettext_lazy as _


class OutgoingState(models.TextChoices):
    """`unknown`: the sending was begun and nobody knows how it ended; it is never begun again by itself."""

    PENDING = "pending", _("Waiting")
    SENDING = "sending", _("Sending")
    SENT = "sent", _("Sent")
    FAILED = "failed", _("Failed")
    UNKNOWN = "unknown", _("Unknown")
    CANCELLED = "cancelled", _("Cancelled")
