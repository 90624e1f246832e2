"""What people are told, what they want to be told, and which records they follow."""

from datetime import time

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crm.notifications.choices import Mail

UNREAD = Q(in_bell=True, read_at=None)


class Notification(models.Model):
    """One line of one person's bell (`in_bell`) or mail. `count` further changes of the same `group` are in it.

    Who may still see the record it speaks of is judged when it is shown, not when it is written.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    kind = models.CharField(max_length=40)
    text = models.CharField(max_length=300)
    detail = models.CharField(max_length=300, blank=True)
    url = models.CharField(max_length=400)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    object_type = models.CharField(max_length=60, blank=True)
    object_id = models.BigIntegerField(null=True)
    group = models.CharField(max_length=120, blank=True)
    count = models.PositiveIntegerField(default=1)
    in_bell = models.BooleanField(default=True)
    mail = models.CharField(max_length=6, choices=Mail, default=Mail.OFF)
    at = models.DateTimeField(default=timezone.now)
    read_at = models.DateTimeField(null=True)
    mailed_at = models.DateTimeField(null=True)

    class Meta:
        indexes = (
            models.Index(fields=("user", "-at", "-id"), name="notification_unread", condition=UNREAD),
            models.Index(fields=("user", "-at", "-id"), name="notification_of_user"),
            models.Index(
                fields=("user",),
                name="notification_for_digest",
                condition=Q(mail=Mail.DIGEST, mailed_at=None, read_at=None),
            ),
            models.Index(
                fields=("user", "group"), name="notification_bundle", condition=~Q(group="") & Q(read_at=None)
            ),
            models.Index(fields=("at",), name="notification_age"),
        )

    def __str__(self) -> str:
        return self.text


class KindSetting(models.Model):
    """What one person chose for one kind; without a row the defaults of the kind hold."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    kind = models.CharField(max_length=40)
    bell = models.BooleanField()
    mail = models.CharField(max_length=6, choices=Mail)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("user", "kind"), name="kind_setting_once"),)

    def __str__(self) -> str:
        return f"{self.kind}: {self.mail}"


class DigestSetting(models.Model):
    """When a person gets the digest, on the clock of their own zone; without a row at DEFAULT."""

    DEFAULT = time(8)

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, primary_key=True, related_name="+"
    )
    digest_at = models.TimeField(_("time of the digest"), default=DEFAULT)

    def __str__(self) -> str:
        return f"{self.digest_at:%H:%M}"


class DayMark(models.Model):
    """That something was done for a person on a day of theirs: whoever writes the row first does it."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    name = models.CharField(max_length=40)
    day = models.DateField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("user", "name", "day"), name="day_mark_once"),)

    def __str__(self) -> str:
        return f"{self.name} {self.day}"


class Follow(models.Model):
    """That a person wants to be told of changes of a record."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    object_type = models.CharField(max_length=60)
    object_id = models.BigIntegerField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("object_type", "object_id", "user"), name="follow_once"),
        )

    def __str__(self) -> str:
        return f"{self.user_id}: {self.object_type} {self.object_id}"


class FollowedChange(models.Model):
    """A change that the followers of a record are not told of yet: the row is the queue, telling takes it away."""

    entry = models.ForeignKey("audit.AuditEntry", on_delete=models.CASCADE, related_name="+")
    object_type = models.CharField(max_length=60)
    object_id = models.BigIntegerField(db_index=True)

    def __str__(self) -> str:
        return f"{self.object_type} {self.object_id}"
