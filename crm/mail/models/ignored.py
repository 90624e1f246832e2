"""Whose mails nobody wants on a record."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class IgnoredSender(models.Model):
    """An address, or all of a domain. Of the company's mailboxes; with an `owner`, of that person's own ones."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    value = models.CharField(_("address or domain"), max_length=320)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("value",)
        constraints = (
            models.UniqueConstraint(
                fields=("owner", "value"), name="ignored_sender_once", nulls_distinct=False
            ),
        )

    def __str__(self) -> str:
        return self.value
