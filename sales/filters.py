import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy

from contacts.employers import found_openly
from contacts.selectors import customers
from crm.lists.filters import IdFilter, ListFilter, OwnerFilter, owner_options
from crm.search.selectors import matching_ids
from sales.choices import OrderStatus
from sales.models import Order


class OrderFilter(ListFilter):
    quick = ("status", "owner")

    q = django_filters.CharFilter(method="by_text")
    status = django_filters.ChoiceFilter(label=gettext_lazy("Status"), choices=OrderStatus.choices)
    owner = OwnerFilter(label=gettext_lazy("Owner"))
    customer = IdFilter("customer_id", visible=customers)
    payer = IdFilter("payer_id", visible=customers)
    source = django_filters.CharFilter("source")

    class Meta:
        model = Order
        fields: tuple[str, ...] = ()

    def by_text(self, rows: QuerySet[Order], _name: str, value: str) -> QuerySet[Order]:
        """By number, or by whatever finds the customer."""
        matching = customers(self.user).filter(pk__in=matching_ids("contacts.customer", value))
        found = matching.filter(found_openly(self.user, value))
        by_number = rows.filter(external_id__istartswith=value.strip())
        return by_number | rows.filter(customer__in=found)

    def options(self, name: str) -> list[tuple[str, object]]:
        return list(owner_options()) if name == "owner" else super().options(name)
