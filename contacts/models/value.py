"""What analytics writes beside a customer, and the dirty rows that wake it."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from contacts.choices import LIKELY_RISK, AidaStage, Lifecycle, RfmGroup, ValueState
from crm.access.querysets import AccessQuerySet


class CustomerValueQuerySet(AccessQuerySet["CustomerValue"]):
    pass


class CustomerValue(models.Model):
    """What a payer is worth: one row per payer with an order, written only by analytics.

    Money is in the company's currency, as double precision: these are estimates, not ledger money.
    Times are days. Everything holds as of `as_of`; risk moves on without any order.
    """

    access_parent = "customer"

    customer = (
        models.OneToOneField(  # without a database constraint: see docs/decisions/0201-swapped-tables.md
            "contacts.Customer",
            on_delete=models.CASCADE,
            primary_key=True,
            related_name="value",
            verbose_name=_("customer"),
            db_constraint=False,
        )
    )
    run_number = models.IntegerField()
    as_of = models.DateField()
    computed_at = models.DateTimeField()
    state = models.CharField(max_length=16, choices=ValueState)

    first_order_on = models.DateField(null=True)
    last_order_on = models.DateField(null=True)
    recency_days = models.IntegerField(_("Recency"), null=True)
    frequency = models.IntegerField(_("Frequency"), default=0)
    monetary = models.FloatField(_("Monetary"), null=True)
    total_spend = models.FloatField(_("Total spend"), default=0)
    usual_gap_days = models.FloatField(_("Usual days between orders"), null=True)

    r_score = models.SmallIntegerField(null=True)
    f_score = models.SmallIntegerField(null=True)
    m_score = models.SmallIntegerField(null=True)
    fm_score = models.SmallIntegerField(null=True)
    rfm_group = models.CharField(_("RFM group"), max_length=20, choices=RfmGroup, blank=True)
    quadrant = models.CharField(max_length=8, blank=True)

    probability_alive = models.FloatField(null=True)
    churn_risk = models.FloatField(_("Churn risk"), null=True)
    horizon_days = models.SmallIntegerField(default=90)
    expected_purchases = models.FloatField(null=True)
    expected_value = models.FloatField(null=True)
    lifetime_value = models.FloatField(_("Lifetime value"), null=True)
    lifetime_value_low = models.FloatField(null=True)
    lifetime_value_high = models.FloatField(null=True)
    next_order_on = models.DateField(_("Next order expected"), null=True)
    value_category = models.CharField(_("Value category"), max_length=1, blank=True)
    lifecycle = models.CharField(_("Life cycle"), max_length=10, choices=Lifecycle, blank=True)
    aida_stage = models.CharField(_("AIDA stage"), max_length=10, choices=AidaStage, blank=True)

    objects = CustomerValueQuerySet.as_manager()

    class Meta:
        indexes = (
            models.Index(fields=("rfm_group", "-lifetime_value"), name="value_by_group"),
            models.Index(fields=("-lifetime_value", "customer"), name="value_by_lifetime_value"),
            models.Index(fields=("-churn_risk", "customer"), name="value_by_churn_risk"),
            models.Index(
                fields=("-lifetime_value", "customer"),
                name="value_at_risk",
                include=("churn_risk",),
                condition=models.Q(churn_risk__gte=LIKELY_RISK),
            ),
        )

    def __str__(self) -> str:
        return f"value of customer {self.customer_id}"


class DirtyCustomer(models.Model):
    """Something of this kind changed for this customer; taken with DELETE ... RETURNING, never by id or time."""

    customer_id = models.BigIntegerField()
    kind = models.CharField(max_length=20)

    def __str__(self) -> str:
        return f"{self.kind} of customer {self.customer_id}"
