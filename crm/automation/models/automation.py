"""When something happens and a rule holds, do these things: the automation and each of its versions."""

import secrets
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from crm.access.unowned import UnownedQuerySet
from crm.automation.choices import Cause
from crm.records.models import SoftDeleted, Versioned
from crm.texts import visible


def new_secret() -> str:
    return secrets.token_urlsafe(32)


class Automation(Versioned, SoftDeleted):
    """`kind` is a kind of record; `trigger`, `rule` and `actions` are those of the newest AutomationVersion.

    It acts with the rights of its `owner`: whoever saved last what it does. `next_at` is when the clock wakes it,
    `day_on` the last day whose records a trigger by date has seen. `secret` signs what its webhooks send.
    """

    access_object = "automation.automation"
    team_id: Any = None  # it belongs to the whole company

    name = models.CharField(_("name"), max_length=120, validators=[visible])
    kind = models.CharField(max_length=60)
    cause = models.CharField(max_length=10, choices=Cause)
    trigger = models.JSONField(default=dict)
    rule = models.JSONField(default=dict)
    actions = models.JSONField(default=list)
    number = models.PositiveIntegerField(default=0)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    is_on = models.BooleanField(default=False)
    on_since = models.DateTimeField(null=True)
    stopped_reason = models.TextField(blank=True)
    next_at = models.DateTimeField(null=True)
    day_on = models.DateField(null=True)
    held_at = models.DateTimeField(null=True)
    confirmed_until = models.DateTimeField(null=True)
    secret = models.CharField(max_length=64, default=new_secret, editable=False)

    objects: ClassVar[UnownedQuerySet["Automation"]] = UnownedQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        indexes = (
            models.Index(fields=("kind", "cause"), name="automation_heard", condition=Q(is_on=True)),
            models.Index(fields=("next_at",), name="automation_due", condition=Q(is_on=True)),
        )

    def __str__(self) -> str:
        return self.name


class AutomationVersion(models.Model):
    """What an automation did from one saving to the next; never changed."""

    automation = models.ForeignKey(
        Automation, on_delete=models.CASCADE, related_name="versions", db_index=False
    )
    number = models.PositiveIntegerField()
    name = models.CharField(max_length=120)
    trigger = models.JSONField(default=dict)
    rule = models.JSONField(default=dict)
    actions = models.JSONField(default=list)
    saved_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    saved_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering: ClassVar[tuple[str, ...]] = ("-number",)
        constraints = (
            models.UniqueConstraint(fields=("automation", "number"), name="automation_version_once"),
        )

    def __str__(self) -> str:
        return f"{self.name} ({self.number})"
