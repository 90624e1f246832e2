"""What was learnt from closed deals about winning, and how likely each open deal is to be won."""

from datetime import date
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from crm.access.querysets import AccessQuerySet
from crm.access.unowned import Unowned, UnownedQuerySet
from sales.choices import RecommendationState


class WinModel(Unowned, models.Model):
    """One learning: the closed deals it knew, what it learnt, and how well it would have done on the last of them.

    Whoever may see pipelines, and the probabilities set by hand in them, may see what was learnt beside them.
    """

    access_object = "sales.pipeline"

    as_of = models.DateField(_("as of"))
    state = models.CharField(_("state"), max_length=10, choices=RecommendationState)
    started_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True)
    data_first_on = models.DateField(_("first close"), null=True)
    data_last_on = models.DateField(_("last close"), null=True)
    won = models.IntegerField(_("won deals"), default=0)
    lost = models.IntegerField(_("lost deals"), default=0)
    sights = models.IntegerField(_("looks at them"), default=0)
    parameters = models.JSONField(default=dict)
    backtest = models.JSONField(default=dict)
    error = models.TextField(blank=True)

    objects: ClassVar[UnownedQuerySet["WinModel"]] = UnownedQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        ordering = ("-id",)
        indexes = (models.Index(fields=("state", "-id"), name="win_model_by_state"),)

    def __str__(self) -> str:
        return f"model {self.pk} as of {self.as_of}"

    @property
    def cut_on(self) -> date | None:
        """Deals that were closed from this day on were kept from the back-test's learning."""
        text = self.backtest.get("cut_on")
        return date.fromisoformat(text) if text else None

    @property
    def verdict(self) -> str:
        """`better`, `worse` or `same`: the learned probability against the one set by hand."""
        return str(self.backtest.get("verdict", ""))


class DealChanceQuerySet(AccessQuerySet["DealChance"]):
    pass


class DealChance(models.Model):
    """The learned probability of an open deal and what speaks most for and against it. Written anew every hour."""

    access_parent = "deal"

    deal = models.OneToOneField(
        "sales.Deal", on_delete=models.CASCADE, primary_key=True, related_name="chance"
    )
    model = models.ForeignKey(WinModel, on_delete=models.CASCADE, related_name="+", db_index=False)
    stage = models.ForeignKey("sales.Stage", on_delete=models.CASCADE, related_name="+", db_index=False)
    probability = models.FloatField(_("learned probability"))
    reasons = models.JSONField(default=list)
    computed_at = models.DateTimeField()

    objects = DealChanceQuerySet.as_manager()

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(probability__gte=0, probability__lte=1), name="deal_chance_in_range"
            ),
        )

    def __str__(self) -> str:
        return f"{self.deal_id} {self.probability:.2f}"
