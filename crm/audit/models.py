"""Who changed what, when and from where: entries are added, never changed."""

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models


class AuditEntry(models.Model):
    """One write. A trigger in the database refuses UPDATE and DELETE."""

    at = models.DateTimeField(auto_now_add=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    action = models.CharField(max_length=80)
    object_type = models.CharField(max_length=60)
    object_id = models.BigIntegerField()
    before = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    after = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    ip = models.GenericIPAddressField(null=True)

    class Meta:
        # each way the trail is read goes by time: however long it grows, a page is a few rows of one index,
        # read backwards: what is written last goes to its end, where pages are filled well
        indexes = (
            models.Index(fields=("object_type", "object_id", "-id"), name="audit_of_object"),
            models.Index(fields=("at", "id"), name="audit_newest"),
            models.Index(fields=("actor", "at", "id"), name="audit_of_actor"),
            models.Index(fields=("action", "at", "id"), name="audit_of_action"),
            models.Index(fields=("object_type", "at", "id"), name="audit_of_type"),
            models.Index(fields=("ip", "at", "id"), name="audit_of_ip", condition=models.Q(ip__isnull=False)),
        )

    def __str__(self) -> str:
        return f"{self.action} {self.object_type}:{self.object_id}"
