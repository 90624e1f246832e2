"""The row is the queue: every effect that must happen is a Job; Celery is only nudged."""

from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

MAX_ATTEMPTS = 5


class Job(models.Model):
    """One piece of background work: a function name, the key of the row it is about, and how far it got."""

    class State(models.TextChoices):
        QUEUED = "queued", _("Queued")
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")
        CANCELLED = "cancelled", _("Cancelled")
        DEAD = "dead", _("Failed")

    name = models.CharField(max_length=100)
    key = models.BigIntegerField(null=True)
    payload = models.JSONField(default=dict)
    state = models.CharField(max_length=12, choices=State, default=State.QUEUED)
    due_at = models.DateTimeField(default=timezone.now)
    attempts = models.PositiveSmallIntegerField(default=0)
    heartbeat_at = models.DateTimeField(null=True)
    done = models.PositiveBigIntegerField(default=0)
    total = models.PositiveBigIntegerField(default=0)
    result = models.JSONField(default=dict)
    error = models.TextField(blank=True)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        indexes = (
            models.Index(
                fields=("due_at", "id"), name="job_open", condition=models.Q(state__in=("queued", "running"))
            ),
            models.Index(fields=("name", "key", "-id"), name="job_of_key"),
        )
        constraints = (
            models.UniqueConstraint(
                fields=("name", "key"),
                name="job_queued_once",
                condition=models.Q(state="queued"),
                nulls_distinct=False,
            ),
        )

    def __str__(self) -> str:
        return f"{self.name}({self.key if self.key is not None else ''}) {self.state}"

    def report(self, done: int, total: int | None = None) -> None:
        """Progress, seen by others at once when called outside a transaction; also the sign of life."""
        values: dict[str, Any] = {"done": done, "heartbeat_at": timezone.now()}
        if total is not None:
            values["total"] = total
        Job.objects.filter(pk=self.pk).update(**values)
        self.done, self.total = done, self.total if total is None else total
