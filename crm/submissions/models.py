"""Which form made which record: a form that is sent twice makes one."""

from django.conf import settings
from django.db import models


class Submission(models.Model):
    """A sent form, written in the transaction of what it made.

    `key` is the random key the form was shown with, `digest` that of what was typed.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    key = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)
    object_type = models.CharField(max_length=60, blank=True)
    object_id = models.BigIntegerField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("user", "key"), name="submission_once"),)

    def __str__(self) -> str:
        return f"{self.object_type}:{self.object_id}"
