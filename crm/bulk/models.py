"""An action on many records: which ones, how far it is, and what they were before."""

from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils.translation import gettext_lazy as _


class BulkRun(models.Model):
    """One action on the records that were selected when it was asked for.

    `selection` is {"ids": [...]} or {"query": "..."}, the address of a list; the job writes it down as batches before
    it changes anything, so that records which come or go meanwhile change nothing. `params` are those of the action.
    """

    kind = models.CharField(max_length=60)
    action = models.CharField(max_length=40)
    params = models.JSONField(default=dict)
    selection = models.JSONField(default=dict)
    words = models.CharField(max_length=300)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    staged_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    undo_asked_at = models.DateTimeField(null=True)
    undone_at = models.DateTimeField(null=True)
    total = models.PositiveBigIntegerField(default=0)

    class Meta:
        indexes = (models.Index(fields=("actor", "-id"), name="bulk_of_actor"),)

    def __str__(self) -> str:
        return self.words


class BulkBatch(models.Model):
    """Some of the records of a run, changed in one transaction; `before` holds what each was, by key.

    `skipped` were gone, hidden or already so; `kept` could not be undone, since they were changed again.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        DONE = "done", _("Done")
        UNDONE = "undone", _("Undone")

    run = models.ForeignKey(BulkRun, on_delete=models.CASCADE, related_name="batches")
    number = models.PositiveIntegerField()
    ids = ArrayField(models.BigIntegerField())
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    before = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    changed = models.PositiveIntegerField(default=0)
    skipped = models.PositiveIntegerField(default=0)
    kept = models.PositiveIntegerField(default=0)

    class Meta:
        ordering: ClassVar[tuple[str, ...]] = ("number",)
        constraints = (models.UniqueConstraint(fields=("run", "number"), name="bulk_batch_once"),)

    def __str__(self) -> str:
        return f"{self.run_id}.{self.number} {self.state}"
