"""Which deals a report is about, and the addresses of the lists behind its numbers."""

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.urls import reverse

from crm.company.selectors import company_day
from crm.staff.models import User
from sales.models import Deal
from sales.reporting.period import Period
from sales.selectors import deals


@dataclass(frozen=True)
class Scope:
    """The reader, the days, and what it is narrowed to: by pipeline, team and owner."""

    user: User
    period: Period
    before: Period
    narrowed: dict[str, int] = field(default_factory=dict)

    @property
    def today(self) -> Any:
        return company_day()

    @property
    def deals(self) -> QuerySet[Deal]:
        """As far as the reader may see them."""
        return deals(self.user).filter(**{f"{name}_id": key for name, key in self.narrowed.items()})

    def door(self, **asked: Any) -> str:
        """The list of deals with these filters, narrowed as the report is."""
        return f"{reverse('sales:deal-list')}?{urlencode({**self.narrowed, **asked})}"

    def closed(self, **asked: Any) -> str:
        """Deals that were closed in the period."""
        return self.door(days=str(self.period), **{"state": "closed", **asked})
