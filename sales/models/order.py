"""Orders and their lines: what the value engine counts."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crm.access.querysets import AccessQuerySet
from crm.records.models import Owned, Versioned
from sales.choices import OrderStatus

LIMIT = 10**12


class OrderQuerySet(AccessQuerySet["Order"]):
    pass


class Order(Versioned, Owned):
    """An order of a customer. The payer is fixed when it is placed; source and external id name it once for all."""

    access_object = "sales.order"
    field_groups = {"margin_amount": "finance"}

    customer = models.ForeignKey(
        "contacts.Customer",
        on_delete=models.PROTECT,
        related_name="orders",
        verbose_name=_("customer"),
        db_index=False,
    )
    payer = models.ForeignKey(
        "contacts.Customer", on_delete=models.PROTECT, related_name="paid_orders", db_index=False
    )
    source = models.CharField(_("source"), max_length=60, default="tenure")
    external_id = models.CharField(_("number"), max_length=120)
    status = models.CharField(_("status"), max_length=10, choices=OrderStatus, default=OrderStatus.PLACED)
    placed_at = models.DateTimeField(_("placed at"), default=timezone.now)
    placed_on = models.DateField(_("placed on"))
    currency = models.CharField(_("currency"), max_length=3)
    amount = models.DecimalField(_("amount"), max_digits=16, decimal_places=2)
    base_amount = models.DecimalField(_("amount in company currency"), max_digits=20, decimal_places=2)
    margin_amount = models.DecimalField(_("margin"), max_digits=16, decimal_places=2, null=True, blank=True)
    deal = models.ForeignKey(
        "sales.Deal",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="orders",
        verbose_name=_("deal"),
        db_index=False,
    )
    lead_source = models.CharField(_("lead source"), max_length=60, blank=True, db_default="")

    objects = OrderQuerySet.as_manager()

    class Meta:
        indexes = (
            models.Index(  # with what rules ask of a customer's orders, so that they need not visit the rows
                fields=("customer", "-placed_at", "-id"),
                include=("placed_on", "status", "base_amount"),
                name="order_of_customer",
            ),
            models.Index(  # with all that the value engine counts, so that it need not visit the rows
                fields=("payer", "placed_on"),
                include=("status", "base_amount", "margin_amount"),
                name="order_of_payer",
            ),
            models.Index(fields=("-placed_at", "-id"), name="order_recent"),
            models.Index(fields=("owner", "-placed_at", "-id"), name="order_of_owner"),
            models.Index(fields=("team", "-placed_at", "-id"), name="order_of_team"),
            models.Index(fields=("deal",), condition=models.Q(deal__isnull=False), name="order_of_deal"),
        )
        constraints = (
            models.UniqueConstraint(fields=("source", "external_id"), name="order_once"),
            models.UniqueConstraint(
                fields=("deal",),
                condition=models.Q(status=OrderStatus.PLACED, deal__isnull=False),
                name="order_of_deal_once",
            ),
            models.CheckConstraint(
                condition=models.Q(amount__gte=0, amount__lte=LIMIT)
                | models.Q(status=OrderStatus.RETURNED, amount__gte=-LIMIT, amount__lte=LIMIT),
                name="order_amount_in_range",
            ),
        )

    def __str__(self) -> str:
        return self.external_id


class OrderLineQuerySet(AccessQuerySet["OrderLine"]):
    pass


class OrderLine(models.Model):
    """A line: quantity of a product at a unit price, after a discount in per cent."""

    access_parent = "order"

    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="lines")
    product = models.ForeignKey(
        "sales.Product", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    text = models.CharField(_("text"), max_length=200, blank=True)
    quantity = models.DecimalField(_("quantity"), max_digits=12, decimal_places=3)
    unit_amount = models.DecimalField(_("unit price"), max_digits=20, decimal_places=4)
    discount_rate = models.DecimalField(_("discount %"), max_digits=5, decimal_places=2, default=0)
    line_amount = models.DecimalField(_("amount"), max_digits=16, decimal_places=2)

    objects = OrderLineQuerySet.as_manager()

    class Meta:
        ordering = ("pk",)

    def __str__(self) -> str:
        return self.text
