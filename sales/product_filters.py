"""The filters of the list of products."""

from typing import Any

import django_filters
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy

from crm.lists.filters import ListFilter
from sales.models import Product
from sales.selectors import product_words

STATES = (
    ("active", gettext_lazy("Sold")),
    ("inactive", gettext_lazy("No longer sold")),
    ("all", gettext_lazy("All products")),
)


class ProductListFilter(ListFilter):
    """What is sold, unless something else is asked for."""

    quick = ("category", "line", "state")

    q = django_filters.CharFilter(method="by_text")
    category = django_filters.CharFilter("category", label=gettext_lazy("Category"))
    line = django_filters.CharFilter("line", label=gettext_lazy("Product line"))
    state = django_filters.ChoiceFilter(label=gettext_lazy("State"), choices=STATES, method="by_state")

    class Meta:
        model = Product
        fields: tuple[str, ...] = ()

    def by_text(self, rows: QuerySet[Product], _name: str, value: str) -> QuerySet[Product]:
        """By name or code."""
        return rows.filter(Q(name__icontains=value) | Q(code__icontains=value))

    def by_state(self, rows: QuerySet[Product], _name: str, value: str) -> QuerySet[Product]:
        return rows if value == "all" else rows.filter(is_active=value == "active")

    @property
    def qs(self) -> Any:
        rows = super().qs
        return rows if self.data.get("state") else rows.filter(is_active=True)

    def options(self, name: str) -> list[tuple[str, Any]]:
        if name in ("category", "line"):
            return [(word, word) for word in product_words(name)]
        return super().options(name)
