"""The row is the queue: every effect that must happen is a Job; Celery is only nudged."""

import secrets

from django.conf import settings
from django.db import connection, models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

MAX_ATTEMPTS = 5
PROGRESS = """
UPDATE jobs_job SET done = %s, total = coalesce(%s, total), heartbeat_at = now() WHERE id = %s
RETURNING total, cancel_requested_at IS NOT NULL
"""


class JobCancelled(Exception):
    """Raised by `Job.report` when somebody asked for the job to be cancelled: what was written before stays."""


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
    cancel_requested_at = models.DateTimeField(null=True)

    class Meta:
        indexes = (
            models.Index(fields=("actor", "-id"), name="job_of_actor"),
            models.Index(fields=("name", "-id"), name="job_of_name"),
            models.Index(fields=("state", "-id"), name="job_in_state"),
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

    @property
    def is_over(self) -> bool:
        return self.state not in (self.State.QUEUED, self.State.RUNNING)

    def report(self, done: int, total: int | None = None) -> None:
        """Progress, seen by others at once when called outside a transaction; also the sign of life.

        Raises JobCancelled when somebody asked for that: a job that must tidy up first catches it.
        """
        with connection.cursor() as cursor:
            cursor.execute(PROGRESS, [done, total, self.pk])
            found = cursor.fetchone()
        self.done = done
        if found:
            self.total = found[0]
            if found[1]:
                raise JobCancelled

    def is_cancelled(self) -> bool:
        """Whether somebody asked for this job to be cancelled; for jobs that would rather not be interrupted."""
        return Job.objects.filter(pk=self.pk, cancel_requested_at__isnull=False).exists()


def random_path(instance: "JobFile", filename: str) -> str:
    """Nothing in the path tells what the file is or whose."""
    return f"jobs/{secrets.token_hex(20)}"


class JobFile(models.Model):
    """What a job made for the person who asked for it: theirs alone, and only for some days."""

    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="files")
    name = models.CharField(max_length=200)
    file = models.FileField(upload_to=random_path, max_length=100)
    size = models.PositiveBigIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("job", "name"), name="job_file_once"),)

    def __str__(self) -> str:
        return self.name

    @property
    def is_expired(self) -> bool:
        return self.expires_at <= timezone.now()


class Pulse(models.Model):
    """The last sign of life of a part of the program: the clock (`beat`) and the worker of each machine."""

    part = models.CharField(max_length=20)
    machine = models.CharField(max_length=100)
    at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("part", "machine"), name="pulse_once"),)

    def __str__(self) -> str:
        return f"{self.part} on {self.machine}"
