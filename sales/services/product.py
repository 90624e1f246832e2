"""Writing what the company sells."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from crm.access.services import require
from crm.audit.services import record
from crm.one_at_a_time import wait_for_turn
from crm.records.services import assigned, write_changes
from crm.search.services import index
from crm.staff.models import User
from sales.models import Product


@transaction.atomic
def product_create(*, actor: User, values: Mapping[str, Any]) -> Product:
    """Add a product. Raises ValidationError, by field."""
    require(actor, "sales.create_product")
    product = Product()
    for name, value in assigned(product, values).items():
        setattr(product, name, value)
    check(product)
    product.save()
    index(product)
    record(actor=actor, action="sales.product.create", obj=product, after=values)
    return product


@transaction.atomic
def product_edit(*, actor: User, obj: Product, values: Mapping[str, Any], version: int) -> Product:
    """Change fields. What stands on orders, deals and quotes keeps its price. Raises StaleRecord, ValidationError."""
    require(actor, "sales.edit_product", obj)
    draft = Product.objects.get(pk=obj.pk)
    for name, value in assigned(draft, values).items():
        setattr(draft, name, value)
    check(draft)
    write_changes(actor=actor, obj=obj, values=values, version=version, action="sales.product.edit")
    index(obj)
    return obj


def check(product: Product) -> None:
    """Raises ValidationError, by field."""
    product.clean_fields()
    wait_for_turn("products: codes")
    others = Product.objects.filter(code__iexact=product.code).exclude(pk=product.pk)
    if found := others.first():
        raise ValidationError({"code": _("%s has this code already.") % found.name})
    if product.tier and not product.line:
        raise ValidationError({"line": _("A tier needs the product line that it belongs to.")})
