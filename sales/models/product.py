from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from crm.access.grants import grants
from crm.access.querysets import AccessQuerySet
from crm.access.scopes import Scope
from crm.records.models import Versioned
from crm.staff.models import User


class ProductQuerySet(AccessQuerySet["Product"]):
    def visible_to(self, user: User, action: str = "view") -> Self:
        """Products belong to nobody: a scope narrower than all reaches none."""
        reaches_all = grants(user).scope(self.access_object, action) is Scope.ALL
        return self if reaches_all else self.none()


class Product(Versioned):
    """Something the company sells; price and cost are in the company's currency."""

    access_object = "sales.product"

    code = models.CharField(_("code"), max_length=60, unique=True)
    name = models.CharField(_("name"), max_length=200)
    price_amount = models.DecimalField(_("price"), max_digits=14, decimal_places=2, null=True, blank=True)
    cost_amount = models.DecimalField(_("cost"), max_digits=14, decimal_places=2, null=True, blank=True)
    is_active = models.BooleanField(_("active"), default=True)

    objects = ProductQuerySet.as_manager()

    class Meta:
        ordering = ("name", "pk")

    def __str__(self) -> str:
        return self.name
