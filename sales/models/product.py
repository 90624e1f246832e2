from decimal import Decimal
from typing import ClassVar

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from crm.access.querysets import AccessQuerySet
from crm.access.unowned import Unowned, UnownedQuerySet
from crm.records.models import SoftDeleted, Versioned
from crm.texts import visible

NOTHING_LESS = [MinValueValidator(0)]


class Product(Unowned, Versioned):
    """Something the company sells; price and cost are in the company's currency, for one `unit`.

    Products of one `line` that differ in `tier` are the same in better: the next tier is what an up-sell offers.
    """

    access_object = "sales.product"
    field_groups = {"cost_amount": "finance"}

    code = models.CharField(_("code"), max_length=60, unique=True, validators=[visible])
    name = models.CharField(_("name"), max_length=200, validators=[visible])
    category = models.CharField(_("category"), max_length=60, blank=True)
    line = models.CharField(_("product line"), max_length=60, blank=True)
    tier = models.PositiveSmallIntegerField(
        _("tier"), null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(99)]
    )
    unit = models.CharField(_("unit"), max_length=20, blank=True)
    price_amount = models.DecimalField(
        _("price"), max_digits=14, decimal_places=2, null=True, blank=True, validators=NOTHING_LESS
    )
    cost_amount = models.DecimalField(
        _("cost"), max_digits=14, decimal_places=2, null=True, blank=True, validators=NOTHING_LESS
    )
    description = models.TextField(_("description"), blank=True)
    is_active = models.BooleanField(_("active"), default=True)
    custom = models.JSONField(default=dict, blank=True, editable=False)

    objects: ClassVar[UnownedQuerySet["Product"]] = UnownedQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        ordering = ("name", "pk")
        indexes = (
            models.Index(fields=("name", "id"), name="product_by_name"),
            models.Index(fields=("category", "id"), name="product_by_category"),
            models.Index(fields=("price_amount", "id"), name="product_by_price"),
            models.Index(fields=("line", "tier"), name="product_of_line", condition=~Q(line="")),
        )
        constraints = (
            models.CheckConstraint(
                condition=(Q(price_amount=None) | Q(price_amount__gte=0))
                & (Q(cost_amount=None) | Q(cost_amount__gte=0)),
                name="product_costs_something",
            ),
        )

    def __str__(self) -> str:
        return self.name


class BundlePartQuerySet(AccessQuerySet["BundlePart"]):
    pass


class BundlePart(Versioned, SoftDeleted):
    """A product that is sold as part of another: a bundle costs what it says, whatever its parts cost alone."""

    access_object = "sales.product"
    access_parent = "bundle"

    bundle = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="parts")
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="part_of")
    quantity = models.DecimalField(
        _("quantity"),
        max_digits=12,
        decimal_places=3,
        default=1,
        validators=[MinValueValidator(Decimal("0.001"))],
    )

    objects = BundlePartQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("bundle", "product"),
                condition=Q(deleted_at=None),
                name="bundle_part_once",
                violation_error_message=_("This bundle holds the product already. Change its quantity."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.product} · {self.bundle}"

    def clean(self) -> None:
        """A bundle holds single products, so that none can hold itself."""
        known = BundlePart.objects.filter(deleted_at=None)
        if self.bundle_id == self.product_id or known.filter(bundle=self.product_id).exists():
            raise ValidationError({"product": _("A bundle is made of single products. Choose another one.")})
        if known.filter(product=self.bundle_id).exists():
            raise ValidationError({"bundle": _("This product is itself part of a bundle.")})
