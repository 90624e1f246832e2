"""What the forecast is held against: quotas, and what each deal was on earlier days."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from crm.access.querysets import AccessQuerySet
from sales.choices import ForecastCategory, StageKind
from sales.models.order import LIMIT


class QuotaQuerySet(AccessQuerySet["Quota"]):
    pass


class Quota(models.Model):
    """What a person, or a team, is to sell in a month, in the company's currency."""

    access_object = "sales.quota"

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("owner"),
        db_index=False,
    )
    team = models.ForeignKey(
        "staff.Team",
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("team"),
        db_index=False,
    )
    month = models.DateField(_("month"))
    amount = models.DecimalField(_("quota"), max_digits=16, decimal_places=2)
    updated_at = models.DateTimeField(auto_now=True, editable=False)

    objects = QuotaQuerySet.as_manager()

    class Meta:
        verbose_name = _("quota")
        constraints = (
            models.UniqueConstraint(fields=("owner", "month"), name="quota_of_owner_once"),
            models.UniqueConstraint(fields=("team", "month"), name="quota_of_team_once"),
            models.CheckConstraint(
                condition=Q(owner=None, team__isnull=False) | Q(owner__isnull=False, team=None),
                name="quota_of_one",
            ),
            models.CheckConstraint(condition=Q(amount__gte=0, amount__lte=LIMIT), name="quota_in_range"),
            models.CheckConstraint(condition=Q(month__day=1), name="quota_month_begins"),
        )

    def __str__(self) -> str:
        return f"{self.owner or self.team} {self.month:%Y-%m}"


class DealSnapshot(models.Model):
    """What a deal was in the small hours of a day, in the company's zone."""

    access_parent = "deal"

    day = models.DateField()
    deal = models.ForeignKey("sales.Deal", on_delete=models.CASCADE, related_name="snapshots")
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+", db_index=False
    )
    team = models.ForeignKey(
        "staff.Team", on_delete=models.SET_NULL, null=True, related_name="+", db_index=False
    )
    pipeline = models.ForeignKey("sales.Pipeline", on_delete=models.PROTECT, related_name="+", db_index=False)
    stage = models.ForeignKey("sales.Stage", on_delete=models.PROTECT, related_name="+", db_index=False)
    state = models.CharField(max_length=4, choices=StageKind)
    close_on = models.DateField()
    base_amount = models.DecimalField(max_digits=20, decimal_places=2, null=True)
    probability = models.PositiveSmallIntegerField()
    forecast_category = models.CharField(max_length=8, choices=ForecastCategory)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("day", "deal"), name="deal_snapshot_once"),)

    def __str__(self) -> str:
        return f"{self.deal_id} {self.day}"
