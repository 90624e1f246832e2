"""Quotes by the discount that they grant, counted from the price of the book."""

from typing import Any

from django.db.models import Case, DecimalField, F, OuterRef, QuerySet, Subquery, Sum, Value, When
from django.db.models.functions import Coalesce, NullIf
from django.utils.translation import gettext_lazy as _

from sales.models import Quote, QuoteLine

BANDS = (
    ("none", _("No discount")),
    ("5", _("Up to 5 %")),
    ("10", _("5 to 10 %")),
    ("20", _("10 to 20 %")),
    ("more", _("More than 20 %")),
)
#: per cent up to which a quote belongs to a band
UP_TO = (("none", "0.005"), ("5", 5), ("10", 10), ("20", 20))
NUMBER: Any = DecimalField(max_digits=30, decimal_places=6)


def banded(rows: QuerySet[Quote]) -> Any:
    """The quotes with `band`."""
    full = Sum(F("quantity") * Coalesce(F("book_amount"), F("unit_amount")), output_field=NUMBER)
    lines = QuoteLine.objects.filter(quote=OuterRef("pk")).order_by().values("quote").annotate(full=full)
    share = 100 * (1 - F("net_amount") / NullIf(F("full_amount"), Value(0, NUMBER)))
    bands = [When(granted__lte=limit, then=Value(name)) for name, limit in UP_TO]
    return (
        rows.annotate(full_amount=Subquery(lines.values("full")[:1], output_field=NUMBER))
        .annotate(granted=Coalesce(share, Value(0, NUMBER), output_field=NUMBER))
        .annotate(band=Case(*bands, default=Value("more")))
    )
