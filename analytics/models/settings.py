"""How values are computed: one row that managers may edit."""

from typing import Any

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from analytics.choices import Measure
from analytics.rfm_map import RFM_MAP


def rfm_map_default() -> dict[str, list[str]]:
    return {group: list(cells) for group, cells in RFM_MAP.items()}


class ValueSettings(models.Model):
    """A single row with id 1. Times in days, rates per year as fractions, costs in the company's currency."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    horizon_days = models.PositiveSmallIntegerField(
        _("horizon of churn risk (days)"),
        default=90,
        validators=[MinValueValidator(1), MaxValueValidator(1095)],
    )
    window_days = models.PositiveIntegerField(
        _("RFM window (days, empty = whole history)"),
        null=True,
        blank=True,
        validators=[MinValueValidator(30)],
    )
    measure = models.CharField(_("money measure"), max_length=8, choices=Measure, default=Measure.REVENUE)
    margin_rate = models.FloatField(
        _("margin rate"), default=0.3, validators=[MinValueValidator(0.0), MaxValueValidator(1.0)]
    )
    discount_rate = models.FloatField(
        _("yearly discount rate"), default=0.1, validators=[MinValueValidator(0.0), MaxValueValidator(1.0)]
    )
    months = models.PositiveSmallIntegerField(
        _("months of lifetime value"), default=36, validators=[MinValueValidator(1), MaxValueValidator(120)]
    )
    cost_per_call = models.FloatField(_("cost of a call"), default=0.0, validators=[MinValueValidator(0.0)])
    cost_per_meeting = models.FloatField(
        _("cost of a meeting"), default=0.0, validators=[MinValueValidator(0.0)]
    )
    quadrant_recency_days = models.PositiveIntegerField(
        _("2 x 2: recent means at most (days, empty = median)"), null=True, blank=True
    )
    quadrant_frequency = models.PositiveIntegerField(
        _("2 x 2: frequent means more than (purchase days, empty = median)"), null=True, blank=True
    )
    min_payers = models.PositiveIntegerField(_("predict from so many customers with an order"), default=100)
    min_repeat_payers = models.PositiveIntegerField(_("of whom bought again"), default=30)
    min_history_days = models.PositiveIntegerField(_("and so many days of history"), default=90)
    customer_alive_rate = models.FloatField(
        _("a customer is one with P(alive) of at least"),
        default=0.5,
        validators=[MinValueValidator(0.0), MaxValueValidator(1.0)],
    )
    backtest_every_days = models.PositiveSmallIntegerField(_("renew the back-test after (days)"), default=7)
    rfm_map = models.JSONField(_("cells of the RFM groups"), default=rfm_map_default)
    statistics_measure = models.CharField(max_length=8, blank=True, editable=False)

    class Meta:
        constraints = (models.CheckConstraint(condition=models.Q(id=1), name="value_settings_are_one_row"),)

    def __str__(self) -> str:
        return "value settings"

    def terms(self) -> dict[str, Any]:
        """What the lifetime value assumes, as stored with each run and shown beside each value."""
        return {
            "months": self.months,
            "discount_rate": self.discount_rate,
            "margin_rate": 1.0 if self.measure == Measure.MARGIN else self.margin_rate,
            "measure": self.measure,
            "window_days": self.window_days,
            "cost_per_call": self.cost_per_call,
            "cost_per_meeting": self.cost_per_meeting,
        }
