"""What each customer was thought to be worth at the end of each month."""

from typing import ClassVar

from django.db import models

from contacts.choices import RfmGroup
from crm.access.querysets import AccessQuerySet


class ValueHistory(models.Model):
    """One row per payer and month end: the trend beside today's figure."""

    access_parent = "customer"

    customer = models.ForeignKey(
        "contacts.Customer",
        on_delete=models.CASCADE,
        related_name="+",
        db_index=False,
        db_constraint=False,
    )
    month_on = models.DateField()
    rfm_group = models.CharField(max_length=20, choices=RfmGroup, blank=True)
    lifetime_value = models.FloatField(null=True)
    churn_risk = models.FloatField(null=True)

    objects: ClassVar[AccessQuerySet["ValueHistory"]] = AccessQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints = (models.UniqueConstraint(fields=("customer", "month_on"), name="value_history_once"),)

    def __str__(self) -> str:
        return f"value of customer {self.customer_id} on {self.month_on}"
