"""A refresh of the values: what it knew, what it fitted, how well it would have done."""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from analytics.choices import Lack, Model, RunState
from contacts.choices import ValueState


class ValueRun(models.Model):
    """One refresh. Parameters are kept with time in days; pages and commands show weeks."""

    as_of = models.DateField(_("as of"))
    state = models.CharField(_("state"), max_length=16, choices=RunState, default=RunState.PREDICTED)
    lack = models.CharField(max_length=8, choices=Lack, blank=True)
    started_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True)
    data_first_on = models.DateField(_("first order"), null=True)
    data_last_on = models.DateField(_("last order"), null=True)
    payers = models.BigIntegerField(_("payers"), default=0)
    orders = models.BigIntegerField(_("orders"), default=0)
    repeats = models.BigIntegerField(_("repeat purchases"), default=0)
    horizon_days = models.SmallIntegerField(_("horizon in days"), default=90)
    parameters = models.JSONField(default=dict)
    log_likelihood = models.FloatField(_("log-likelihood"), null=True)
    champion = models.CharField(_("champion"), max_length=16, choices=Model, blank=True)
    cuts = models.JSONField(default=dict)
    terms = models.JSONField(default=dict)
    rfm_groups = models.JSONField(default=dict)
    customer_equity = models.FloatField(_("Customer equity"), null=True)
    equity_at_risk = models.FloatField(_("at risk"), null=True)
    backtest = models.JSONField(default=dict)
    backtest_on = models.DateField(null=True)
    seconds = models.JSONField(default=dict)
    error = models.TextField(blank=True)

    class Meta:
        ordering = ("-id",)
        indexes = (models.Index(fields=("state", "-id"), name="value_run_by_state"),)

    def __str__(self) -> str:
        return f"run {self.pk} as of {self.as_of}"

    @property
    def value_state(self) -> str:
        """What to say beside each value of this run."""
        known = {RunState.PREDICTED: ValueState.PREDICTED, RunState.NO_DROPOUT: ValueState.NO_DROPOUT}
        return known.get(RunState(self.state), ValueState.TOO_LITTLE_DATA)

    @property
    def mbg(self) -> dict[str, Any]:
        """The parameters of MBG/NBD, time in days; empty where there is no prediction."""
        found: dict[str, Any] = self.parameters.get(Model.MBG_NBD, {})
        return found
