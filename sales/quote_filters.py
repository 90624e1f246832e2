"""The filters of the list of quotes."""

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy

from contacts.choices import RfmGroup
from contacts.employers import found_openly
from contacts.permissions import NEEDS_VALUE
from contacts.selectors import customers
from crm.company.selectors import company_day
from crm.lists.filters import IdFilter, ListFilter, OwnerFilter, owner_options
from crm.search.selectors import matching_ids
from sales.choices import QuoteStatus
from sales.days import midnight_of
from sales.forecasting import read_span
from sales.models import Quote
from sales.quote_bands import BANDS, banded
from sales.selectors import deals


class QuoteFilter(ListFilter):
    quick = ("status", "owner")
    needs = NEEDS_VALUE

    q = django_filters.CharFilter(method="by_text")
    status = django_filters.ChoiceFilter(
        label=gettext_lazy("Status"), choices=QuoteStatus.choices, method="by_status"
    )
    owner = OwnerFilter("deal__owner", label=gettext_lazy("Owner"))
    rfm_group = django_filters.ChoiceFilter(
        label=gettext_lazy("RFM group"), choices=RfmGroup.choices, method="of_group"
    )
    month = django_filters.CharFilter(label=gettext_lazy("Sent in"), method="by_month")
    band = django_filters.ChoiceFilter(label=gettext_lazy("Discount"), choices=BANDS, method="by_band")
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

    def of_group(self, rows: QuerySet[Quote], _name: str, value: str) -> QuerySet[Quote]:
        """Of deals whose payer is in an RFM group, as far as the reader may see them."""
        return rows.filter(deal__payer__in=customers(self.user).filter(value__rfm_group=value))

    def by_month(self, rows: QuerySet[Quote], _name: str, value: str) -> QuerySet[Quote]:
        """Sent in `2026-11`, or in `2025-12..2026-11`."""
        span = read_span(value)
        if span is None:
            return rows.none()
        return rows.filter(sent_at__gte=midnight_of(span.first), sent_at__lt=midnight_of(span.end))

    def by_band(self, rows: QuerySet[Quote], _name: str, value: str) -> QuerySet[Quote]:
        return rows.filter(pk__in=banded(Quote.objects.all()).filter(band=value).values("pk"))

    def value_text(self, name: str) -> str:
        span = read_span(self.data[name]) if name == "month" else None
        return span.words if span else super().value_text(name)

    def options(self, name: str) -> list[tuple[str, object]]:
        return list(owner_options()) if name == "owner" else super().options(name)
