"""What was backed up, proved and restored, and when: the newest row of each kind is shown to administrators."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class BackupRun(models.Model):
    class Kind(models.TextChoices):
        BACKUP = "backup", _("Backup")
        VERIFY = "verify", _("Proof")
        RESTORE = "restore", _("Restore")

    kind = models.CharField(max_length=10, choices=Kind)
    backup = models.CharField(max_length=100)
    ok = models.BooleanField()
    message = models.TextField(blank=True)
    tables = models.PositiveIntegerField(default=0)
    rows = models.PositiveBigIntegerField(default=0)
    files = models.PositiveBigIntegerField(default=0)
    bytes = models.PositiveBigIntegerField(default=0)
    seconds = models.FloatField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = (models.Index(fields=("kind", "-id"), name="backup_of_kind"),)

    def __str__(self) -> str:
        return f"{self.kind} {self.backup}: {'good' if self.ok else 'failed'}"
