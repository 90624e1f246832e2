"""The lists behind the numbers of an RFM group's page: each shows exactly what was counted."""

import json
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from crm.company.selectors import company_day
from sales.choices import OrderStatus
from sales.forecasting import Span, later

MONTHS = 12


def last_year() -> Span:
    """This month and the eleven before it."""
    return Span(later(company_day().replace(day=1), 1 - MONTHS), MONTHS)


@dataclass(frozen=True)
class Doors:
    """`group` is the RFM group that is looked at, `span` the months."""

    group: str
    span: Span

    def customers(self, *conditions: Any) -> str:
        """Those of the group, or those of them whom the conditions of a rule find."""
        query = {"rfm_group": self.group}
        if conditions:
            query["rule"] = json.dumps({"all": list(conditions)}, separators=(",", ":"))
        return f"{reverse('contacts:customer-list')}?{urlencode(query)}"

    def orders(self, **more: Any) -> str:
        found = {"rfm_group": self.group, "status": OrderStatus.PLACED.value, "month": str(self.span)}
        return f"{reverse('sales:order-list')}?{urlencode(found | more)}"

    def deals(self, **more: Any) -> str:
        found = {"rfm_group": self.group, "month": str(self.span)}
        return f"{reverse('sales:deal-list')}?{urlencode(found | more)}"

    def quotes(self, **more: Any) -> str:
        found = {"rfm_group": self.group, "month": str(self.span)}
        return f"{reverse('sales:quote-list')}?{urlencode(found | more)}"

    def payers(self) -> str:
        return self.customers(self.paid())

    def buyers(self, product: int) -> str:
        line = {"related": "lines", "op": "some", "where": chosen("product", product)}
        return self.customers(self.paid(line))

    def paid(self, *more: Any) -> dict[str, Any]:
        """An order of these months that the customer paid for."""
        where = [chosen("status", OrderStatus.PLACED.value), self.within("placed_on"), *more]
        return {"related": "paid_orders", "op": "some", "where": {"all": where}}

    def talked(self, kind: str) -> str:
        where = [chosen("kind", kind), self.within("happened_at")]
        return self.customers({"related": "interactions", "op": "some", "where": {"all": where}})

    def within(self, field: str) -> dict[str, Any]:
        last: date = date.fromordinal(self.span.end.toordinal() - 1)
        return {"field": field, "op": "within", "value": [self.span.first.isoformat(), last.isoformat()]}


def chosen(field: str, key: Any) -> dict[str, Any]:
    return {"field": field, "op": "any_of", "value": [key]}
