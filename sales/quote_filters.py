"""The filters of the list of quotes."""

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy

from contacts.employers import found_openly
from contacts.selectors import customers
from crm.company.selectors import company_day
from crm.lists.filters import IdFilter, ListFilter, OwnerFilter, owner_options
from crm.search.selectors import matching_ids
from sales.choices import QuoteStatus
from sales.models import Quote
from sales.selectors import deals


class QuoteFilter(ListFilter):
    quick = ("status", "owner")

    q = django_filters.CharFilter(method="by_text")
    status = django_filters.ChoiceFilter(
        label=gettext_lazy("Status"), choices=QuoteStatus.choices, method="by_status"
    )
    owner = OwnerFilter("deal__owner", label=gettext_lazy("Owner"))
    deal = IdFilter("deal_id", visible=deals)
    customer = IdFilter("deal__customer_id", visible=customers)

    class Meta:
        model = Quote
        fields: tuple[str, ...] = ()

    def by_text(self, rows: QuerySet[Quote], _name: str, value: str) -> QuerySet[Quote]:
        """By number or title, or by whatever finds the customer."""
        matching = customers(self.user).filter(pk__in=matching_ids("contacts.customer", value))
        found = matching.filter(found_openly(self.user, value))
        by_number = rows.filter(pk__in=matching_ids("sales.quote", value))
        return by_number | rows.filter(deal__customer__in=found)

    def by_status(self, rows: QuerySet[Quote], _name: str, value: str) -> QuerySet[Quote]:
        """One that is past its day counts as expired at once."""
        late = {"status": QuoteStatus.SENT, "valid_until__lt": company_day()}
        if value == QuoteStatus.EXPIRED:
            return rows.filter(status=value) | rows.filter(**late)
        found = rows.filter(status=value)
        return found.exclude(**late) if value == QuoteStatus.SENT else found

    def options(self, name: str) -> list[tuple[str, object]]:
        return list(owner_options()) if name == "owner" else super().options(name)
