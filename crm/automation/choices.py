from django.db import models
from django.utils.translation import gettext_lazy as _


class Cause(models.TextChoices):
    """What an automation waits for."""

    CREATED = "created", _("A record is created")
    CHANGED = "changed", _("A record changes")
    DELETED = "deleted", _("A record is deleted")
    EVENT = "event", _("Something happens to a record")
    DATE = "date", _("A day comes")
    SCHEDULE = "schedule", _("By the clock")


#: written by the audit trail; the others come by the clock
HEARD = (Cause.CREATED, Cause.CHANGED, Cause.DELETED, Cause.EVENT)


class RunState(models.TextChoices):
    WAITING = "waiting", _("Waiting")
    HELD = "held", _("Waits for a confirmation")
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")
    STOPPED = "stopped", _("Stopped")
    CIRCLE = "circle", _("Circle")


class StepState(models.TextChoices):
    DONE = "done", _("Done")
    SKIPPED = "skipped", _("Nothing to do")
    FAILED = "failed", _("Failed")


class DeliveryState(models.TextChoices):
    PENDING = "pending", _("Waiting")
    SENDING = "sending", _("Being sent")
    SENT = "sent", _("Sent")
    DEAD = "dead", _("Failed")
