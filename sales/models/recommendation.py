"""What the recommendations were learnt from, what was learnt, and what is recommended to whom."""

from datetime import date
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from contacts.choices import CustomerKind
from crm.access.querysets import AccessQuerySet
from crm.access.unowned import Unowned, UnownedQuerySet
from sales.choices import RecommendationState


class RecommendationRun(Unowned, models.Model):
    """One refresh: the orders it knew, what it learnt, and how well it would have done on the last of them."""

    access_object = "sales.recommendation"

    as_of = models.DateField(_("as of"))
    state = models.CharField(_("state"), max_length=10, choices=RecommendationState)
    started_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True)
    data_first_on = models.DateField(_("first order"), null=True)
    data_last_on = models.DateField(_("last order"), null=True)
    lines = models.BigIntegerField(_("order lines"), default=0)
    customers = models.BigIntegerField(_("customers"), default=0)
    products = models.BigIntegerField(_("products"), default=0)
    least_support = models.IntegerField(_("least customers behind a rule"), default=0)
    rules = models.BigIntegerField(_("rules"), default=0)
    recommendations = models.BigIntegerField(_("recommendations"), default=0)
    backtest = models.JSONField(default=dict)
    seconds = models.JSONField(default=dict)
    error = models.TextField(blank=True)

    objects: ClassVar[UnownedQuerySet["RecommendationRun"]] = UnownedQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        ordering = ("-id",)
        indexes = (models.Index(fields=("state", "-id"), name="recommendation_run_by_state"),)

    def __str__(self) -> str:
        return f"run {self.pk} as of {self.as_of}"

    @property
    def held_from(self) -> date | None:
        """The first day that the back-test kept from the rules."""
        text = self.backtest.get("held_from")
        return date.fromisoformat(text) if text else None


class ProductRule(Unowned, models.Model):
    """Who bought `bought` also bought `other`: an association rule of the newest run, among customers of a kind or all.

    Replaced as a whole with every run, as are the recommendations: docs/decisions/0201-swapped-tables.md.
    """

    access_object = "sales.recommendation"

    id = models.BigIntegerField(primary_key=True)
    kind = models.CharField(_("kind"), max_length=12, choices=CustomerKind, blank=True)
    bought = models.ForeignKey(
        "sales.Product", on_delete=models.CASCADE, related_name="+", db_constraint=False, db_index=False
    )
    other = models.ForeignKey(
        "sales.Product", on_delete=models.CASCADE, related_name="+", db_constraint=False, db_index=False
    )
    support = models.IntegerField(_("customers who bought both"))
    base = models.IntegerField(_("customers who bought the first"))
    share = models.FloatField(_("share"))
    lift = models.FloatField(_("lift"))

    objects: ClassVar[UnownedQuerySet["ProductRule"]] = UnownedQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        indexes = (
            models.Index(fields=("bought", "-share"), name="rule_of_product"),
            models.Index(fields=("-lift", "id"), name="rule_by_lift"),
        )

    def __str__(self) -> str:
        return f"{self.bought_id} -> {self.other_id}"


class RecommendationQuerySet(AccessQuerySet["Recommendation"]):
    pass


class Recommendation(models.Model):
    """A product that a customer (who pays) has not bought, and the purchase of theirs that explains it."""

    access_parent = "customer"

    id = models.BigIntegerField(primary_key=True)
    customer = models.ForeignKey(
        "contacts.Customer",
        on_delete=models.CASCADE,
        related_name="recommendations",
        db_constraint=False,
        db_index=False,
    )
    rank = models.SmallIntegerField(_("rank"))
    product = models.ForeignKey(
        "sales.Product", on_delete=models.CASCADE, related_name="+", db_constraint=False, db_index=False
    )
    because = models.ForeignKey(
        "sales.Product", on_delete=models.CASCADE, related_name="+", db_constraint=False, db_index=False
    )
    like = models.CharField(_("like customers"), max_length=12, choices=CustomerKind, blank=True)
    support = models.IntegerField(_("customers who bought both"))
    share = models.FloatField(_("share"))
    lift = models.FloatField(_("lift"))
    run_number = models.IntegerField()

    objects = RecommendationQuerySet.as_manager()

    class Meta:
        indexes = (models.Index(fields=("customer", "rank"), name="recommendation_of_customer"),)

    def __str__(self) -> str:
        return f"{self.product_id} for customer {self.customer_id}"


class RecommendationOfferQuerySet(AccessQuerySet["RecommendationOffer"]):
    pass


class RecommendationOffer(models.Model):
    """A recommendation that was put on a deal, with what was known then. Whether it was taken, the orders tell."""

    access_parent = "deal"

    deal = models.ForeignKey("sales.Deal", on_delete=models.CASCADE, related_name="offers")
    product = models.ForeignKey("sales.Product", on_delete=models.PROTECT, related_name="+")
    payer = models.ForeignKey("contacts.Customer", on_delete=models.PROTECT, related_name="+")
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    offered_at = models.DateTimeField(_("offered"), auto_now_add=True)
    offered_on = models.DateField()
    rank = models.SmallIntegerField(_("rank"))
    share = models.FloatField(_("share"))
    lift = models.FloatField(_("lift"))
    run_number = models.IntegerField()

    objects = RecommendationOfferQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("deal", "product"), name="recommendation_offered_once"),
        )

    def __str__(self) -> str:
        return f"{self.product_id} on deal {self.deal_id}"
