"""What happened and was not looked at yet, and which records a schedule has seen matching."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone

from crm.automation.choices import Cause


class Event(models.Model):
    """One row of the outbox, written in the transaction of the change; gone once its runs are written.

    `chain` are the automations that led to it, the last one first hand; `is_own` says that the record is the one that
    automation ran for. An event of the clock names its `automation`, and `cursor` how far its records are read.
    """

    kind = models.CharField(max_length=60)
    object_id = models.BigIntegerField(null=True)
    cause = models.CharField(max_length=10, choices=Cause)
    action = models.CharField(max_length=80, blank=True)
    fields = ArrayField(models.CharField(max_length=90), default=list)
    entry_id = models.BigIntegerField(null=True)
    chain = ArrayField(models.BigIntegerField(), default=list)
    is_own = models.BooleanField(default=False)
    at = models.DateTimeField(default=timezone.now)
    automation = models.ForeignKey(
        "automation.Automation", on_delete=models.CASCADE, null=True, related_name="+"
    )
    first_on = models.DateField(null=True)
    last_on = models.DateField(null=True)
    cursor = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.cause} {self.kind}:{self.object_id}"


class Match(models.Model):
    """A record that matched when a schedule last looked; one that still does is not taken again."""

    automation = models.ForeignKey(
        "automation.Automation", on_delete=models.CASCADE, related_name="+", db_index=False
    )
    object_id = models.BigIntegerField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("automation", "object_id"), name="automation_match_once"),
        )

    def __str__(self) -> str:
        return f"{self.automation_id}: {self.object_id}"
