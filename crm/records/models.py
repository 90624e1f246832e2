"""What every kind of record shares: a version, an owner and a team, and a deletion that can be undone."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Versioned(models.Model):
    """A row that people edit. A write must name the version it started from (crm.records.services)."""

    version = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(auto_now_add=True, editable=False)
    updated_at = models.DateTimeField(auto_now=True, editable=False)

    class Meta:
        abstract = True


class Owned(models.Model):
    """A protected row: a person answers for it (or nobody yet), and exactly one team."""

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("owner"),
        db_index=False,
    )
    team = models.ForeignKey(
        "staff.Team", on_delete=models.PROTECT, related_name="+", verbose_name=_("team"), db_index=False
    )

    class Meta:
        abstract = True


class SoftDeleted(models.Model):
    """A row whose deletion can be undone; selectors leave it out."""

    deleted_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        abstract = True
