from typing import ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from crm.access.unowned import Unowned, UnownedQuerySet
from crm.records.models import Versioned
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
