"""Records that a person wants at hand, and those that they looked at last."""

from django.conf import settings
from django.db import models
from django.utils import timezone


class Favourite(models.Model):
    """A record that a person keeps at hand."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    object_type = models.CharField(max_length=60)
    object_id = models.BigIntegerField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("user", "object_type", "object_id"), name="favourite_once"),
        )

    def __str__(self) -> str:
        return f"{self.object_type} {self.object_id}"


class RecentRecord(models.Model):
    """A record that a person looked at; the last KEPT stay."""

    KEPT = 30

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    object_type = models.CharField(max_length=60)
    object_id = models.BigIntegerField()
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("user", "object_type", "object_id"), name="recent_record_once"),
        )

    def __str__(self) -> str:
        return f"{self.object_type} {self.object_id}"
