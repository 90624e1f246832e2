"""The log: an automation that ran for a record, and each of its actions."""

from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from crm.automation.choices import Cause, RunState, StepState


class AutomationRun(models.Model):
    """One automation for one record and one event; `asked_by` is whoever runs it by hand instead.

    `step` is how many of its actions are over.

    `attempts` is counted and committed before the work, so that a record that kills the worker does so only a few
    times.
    """

    automation = models.ForeignKey(
        "automation.Automation", on_delete=models.CASCADE, related_name="runs", db_index=False
    )
    version = models.ForeignKey(
        "automation.AutomationVersion", on_delete=models.CASCADE, related_name="+", db_index=False
    )
    event_id = models.BigIntegerField()
    kind = models.CharField(max_length=60)
    object_id = models.BigIntegerField()
    cause = models.CharField(max_length=10, choices=Cause)
    entry_id = models.BigIntegerField(null=True)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    chain = ArrayField(models.BigIntegerField(), default=list)
    state = models.CharField(max_length=8, choices=RunState, default=RunState.WAITING)
    step = models.PositiveSmallIntegerField(default=0)
    attempts = models.PositiveSmallIntegerField(default=0)
    claimed_at = models.DateTimeField(null=True)
    error = models.TextField(blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("automation", "event_id", "object_id"), name="automation_run_once"
            ),
        )
        indexes = (
            models.Index(fields=("automation", "-id"), name="automation_run_newest"),
            models.Index(fields=("automation", "created_at"), name="automation_run_by_time"),
            models.Index(fields=("kind", "object_id", "-id"), name="automation_run_of_object"),
            models.Index(
                fields=("automation", "id"), name="automation_run_open", condition=Q(state="waiting")
            ),
        )

    def __str__(self) -> str:
        return f"{self.automation_id} {self.kind}:{self.object_id} {self.state}"


class ActionRun(models.Model):
    """One action of a run that is over, written in the transaction of what it did: there is one or none."""

    run = models.ForeignKey(AutomationRun, on_delete=models.CASCADE, related_name="steps", db_index=False)
    position = models.PositiveSmallIntegerField()
    action = models.CharField(max_length=40)
    state = models.CharField(_("state"), max_length=8, choices=StepState)
    text = models.TextField(blank=True)
    finished_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering: ClassVar[tuple[str, ...]] = ("position",)
        constraints = (models.UniqueConstraint(fields=("run", "position"), name="automation_action_once"),)

    def __str__(self) -> str:
        return f"{self.action} {self.state}"
