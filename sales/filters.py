from collections.abc import Callable
from typing import Any

import django_filters
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from contacts.choices import CustomerKind, RfmGroup
from contacts.employers import found_openly
from contacts.permissions import NEEDS_VALUE
from contacts.selectors import customers
from crm.lists.filters import IdFilter, ListFilter, OwnerFilter, owner_options
from crm.search.selectors import matching_ids
from crm.staff.models import User
from sales.choices import OrderStatus
from sales.forecasting import read_span
from sales.models import Order, OrderLine, Product, ProductRule

Keep = Callable[[User, QuerySet[Any], int], QuerySet[Any]]


def with_product(user: User, rows: QuerySet[Order], product: int) -> QuerySet[Order]:
    lines = OrderLine.objects.filter(order=OuterRef("pk"), product=product)
    return rows.filter(Exists(lines))


def of_buyers(user: User, rows: QuerySet[Order], product: int) -> QuerySet[Order]:
    """Of payers who bought the product too, as far as the reader may see their orders."""
    lines = OrderLine.objects.visible_to(user).filter(product=product, order__status=OrderStatus.PLACED)
    return rows.filter(payer__in=lines.values("order__payer"))


class ProductFilter(IdFilter):
    """The id of a product that the reader may see; `keep` leaves the rows that have to do with it."""

    def __init__(self, label: str | Promise, keep: Keep) -> None:
        super().__init__("pk", visible=Product.objects.visible_to)
        self.label, self.keep = label, keep

    def filter(self, qs: QuerySet[Any], value: str) -> QuerySet[Any]:
        if not value:
            return qs
        found = self.record(value)
        return self.keep(self.parent.user, qs, found.pk) if found else qs.none()


def recommended(user: User, rows: QuerySet[Any], product: int) -> QuerySet[Any]:
    """Deals on which the product was put as recommended."""
    return rows.filter(offers__product=product)


class OrderFilter(ListFilter):
    quick = ("status", "owner")
    needs = NEEDS_VALUE

    q = django_filters.CharFilter(method="by_text")
    status = django_filters.ChoiceFilter(label=gettext_lazy("Status"), choices=OrderStatus.choices)
    owner = OwnerFilter(label=gettext_lazy("Owner"))
    customer = IdFilter("customer_id", visible=customers)
    payer = IdFilter("payer_id", visible=customers)
    source = django_filters.CharFilter("source")
    product = ProductFilter(gettext_lazy("Product"), with_product)
    also = ProductFilter(gettext_lazy("The payer also bought"), of_buyers)
    payer_kind = django_filters.ChoiceFilter(
        label=gettext_lazy("Paid by"), choices=CustomerKind.choices, method="paid_by"
    )
    rfm_group = django_filters.ChoiceFilter(
        label=gettext_lazy("RFM group"), choices=RfmGroup.choices, method="of_group"
    )
    month = django_filters.CharFilter(label=gettext_lazy("Placed in"), method="by_month")

    class Meta:
        model = Order
        fields: tuple[str, ...] = ()

    def by_text(self, rows: QuerySet[Order], _name: str, value: str) -> QuerySet[Order]:
        """By number, or by whatever finds the customer."""
        matching = customers(self.user).filter(pk__in=matching_ids("contacts.customer", value))
        found = matching.filter(found_openly(self.user, value))
        by_number = rows.filter(external_id__istartswith=value.strip())
        return by_number | rows.filter(customer__in=found)

    def paid_by(self, rows: QuerySet[Order], _name: str, value: str) -> QuerySet[Order]:
        """By people or by organisations, as far as the reader may see them."""
        return rows.filter(payer__in=customers(self.user).filter(kind=value))

    def of_group(self, rows: QuerySet[Order], _name: str, value: str) -> QuerySet[Order]:
        """Of payers in an RFM group, as far as the reader may see them."""
        return rows.filter(payer__in=customers(self.user).filter(value__rfm_group=value))

    def by_month(self, rows: QuerySet[Order], _name: str, value: str) -> QuerySet[Order]:
        """`2026-11`, or `2025-12..2026-11`."""
        span = read_span(value)
        if span is None:
            return rows.none()
        return rows.filter(placed_on__gte=span.first, placed_on__lt=span.end)

    def value_text(self, name: str) -> str:
        span = read_span(self.data[name]) if name == "month" else None
        return span.words if span else super().value_text(name)

    def options(self, name: str) -> list[tuple[str, object]]:
        return list(owner_options()) if name == "owner" else super().options(name)


def about(user: User, rows: QuerySet[ProductRule], product: int) -> QuerySet[ProductRule]:
    return rows.filter(Q(bought=product) | Q(other=product))


class RuleFilter(ListFilter):
    quick = ("kind",)

    q = django_filters.CharFilter(method="by_text")
    kind = django_filters.ChoiceFilter(label=gettext_lazy("Among"), choices=CustomerKind.choices)
    product = ProductFilter(gettext_lazy("Product"), about)

    class Meta:
        model = ProductRule
        fields: tuple[str, ...] = ()

    def by_text(self, rows: QuerySet[ProductRule], _name: str, value: str) -> QuerySet[ProductRule]:
        """By the name or code of either product."""
        words = Q(name__icontains=value) | Q(code__istartswith=value)
        found = Product.objects.visible_to(self.user).filter(words)
        return rows.filter(Q(bought__in=found) | Q(other__in=found))
