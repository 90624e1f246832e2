"""The ledger of what is sent to other programs."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from crm.automation.choices import DeliveryState


class WebhookDelivery(models.Model):
    """One message, written by the action: once for a run and its position. Sent until the receiver took it.

    A message whose answer was lost is sent again under the same `key`, by which the receiver knows it.
    """

    run = models.ForeignKey(
        "automation.AutomationRun", on_delete=models.CASCADE, related_name="deliveries", db_index=False
    )
    position = models.PositiveSmallIntegerField()
    key = models.UUIDField(unique=True)
    url = models.URLField(max_length=500)
    body = models.TextField()
    state = models.CharField(max_length=8, choices=DeliveryState, default=DeliveryState.PENDING)
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField(default=timezone.now)
    claimed_at = models.DateTimeField(null=True)
    status = models.PositiveSmallIntegerField(null=True)
    error = models.CharField(max_length=500, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    sent_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("run", "position"), name="webhook_once"),)
        indexes = (
            models.Index(
                fields=("due_at", "id"), name="webhook_open", condition=Q(state__in=("pending", "sending"))
            ),
        )

    def __str__(self) -> str:
        return f"{self.url} {self.state}"
