"""What changed in the forecast since about a week ago, from what was noted of the deals on that day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, F, Max, Sum
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.functional import Promise

from crm.company.selectors import company_day
from crm.staff.models import User
from sales.forecasting import CHANGES, NONE, Span, changed, compared, week_ago
from sales.models import DealSnapshot
from sales.selectors import deals

ENDS = ("begun", "now")


@dataclass(frozen=True)
class Change:
    """So many deals, and what they add to the amount that was expected or take from it."""

    name: str
    label: str | Promise
    count: int
    amount: Decimal
    door: str

    @property
    def is_end(self) -> bool:
        return self.name in ENDS


@dataclass(frozen=True)
class Changes:
    """From what was expected on the day `since` to what is expected now, step by step."""

    since: date
    steps: Sequence[Change]


def noted_on(today: date) -> date | None:
    """The newest day noted that lies a week back."""
    found: date | None = DealSnapshot.objects.filter(day__lte=week_ago(today)).aggregate(day=Max("day"))[
        "day"
    ]
    return found


def changes(user: User, span: Span) -> Changes | None:
    """Of the amounts of open deals expected in the span; None while no day a week ago was noted. Two queries."""
    today = company_day()
    since = noted_on(today)
    if since is None:
        return None
    asked: dict[str, Any] = {}
    for name, _label in CHANGES:
        condition = changed(name, span, since, today)
        asked[f"{name}_count"] = Count("pk", filter=condition)
        asked[f"{name}_amount"] = Sum(measured(name), filter=condition)
    touched = changed("begun", span, since, today) | changed("now", span, since, today)
    found = compared(deals(user), since).filter(touched).aggregate(**asked)
    return Changes(since, [step(name, label, found, span, since) for name, label in CHANGES])


def measured(name: str) -> Any:
    """What such a deal adds to the amount expected."""
    before, after = Coalesce(F("was__base_amount"), NONE), Coalesce(F("base_amount"), NONE)
    if name in ("new", "moved_in", "now"):
        return after
    return after - before if name in ("up", "down") else before


def step(name: str, label: str | Promise, found: dict[str, Any], span: Span, since: date) -> Change:
    amount = found[f"{name}_amount"] or Decimal(0)
    query = urlencode({"change": name, "since": since.isoformat(), "within": str(span)})
    signed = -amount if name in ("moved_out", "won", "lost") else amount
    return Change(name, label, found[f"{name}_count"], signed, f"{reverse('sales:deal-list')}?{query}")
