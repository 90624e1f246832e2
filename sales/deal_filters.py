"""The filters of the list and board of deals."""

from datetime import timedelta
from typing import Any

import django_filters
from django.db.models import F, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy

from contacts.choices import RfmGroup
from contacts.employers import found_openly
from contacts.permissions import NEEDS_VALUE
from contacts.selectors import customers
from crm.company.selectors import company_day
from crm.lists.filters import IdFilter, OwnerFilter, owner_options
from crm.search.selectors import matching_ids
from crm.staff.selectors import team_options
from sales.choices import DealApproval, StageKind
from sales.deal_card import FAR
from sales.filters import ProductFilter, recommended
from sales.forecasting import BLOCKS, CHANGES, WON, changed, compared, in_block, read_span
from sales.models import Deal
from sales.report_filters import KeyFilter, ReportFilters
from sales.selectors import loss_reason_options, pipeline_options, stage_options

STATES = (
    *StageKind.choices,
    ("taken_back", gettext_lazy("Won, order taken back")),
    ("closed", gettext_lazy("Won and lost")),
    ("all", gettext_lazy("Open and closed")),
)
STEPS = (
    ("overdue", gettext_lazy("Overdue")),
    ("today", gettext_lazy("Today")),
    ("week", gettext_lazy("Next 7 days")),
    ("none", gettext_lazy("None planned")),
)
CLOSES = (
    ("overdue", gettext_lazy("Overdue")),
    ("month", gettext_lazy("This month")),
    ("next", gettext_lazy("Next month")),
    ("quarter", gettext_lazy("Next 90 days")),
)


LEARNED = (
    ("above", gettext_lazy("Well above the one set by hand")),
    ("below", gettext_lazy("Well below the one set by hand")),
    ("likely", gettext_lazy("70% or more")),
    ("unlikely", gettext_lazy("Below 30%")),
)


#: filters that say for themselves whether open or closed deals are meant
WITH_STATE = ("state", "forecast", "change", "slip", "way", "open_on")


class DealFilter(ReportFilters):
    """Open deals, unless another state is asked for."""

    quick = ("pipeline", "owner", "state", "step", "close")
    more = ("stage", "idle", "learned", "rfm_group", "approval")
    needs = NEEDS_VALUE

    q = django_filters.CharFilter(method="by_text")
    pipeline = django_filters.NumberFilter("pipeline_id", label=gettext_lazy("Pipeline"))
    owner = OwnerFilter(label=gettext_lazy("Owner"))
    state = django_filters.ChoiceFilter(label=gettext_lazy("State"), choices=STATES, method="by_state")
    step = django_filters.ChoiceFilter(label=gettext_lazy("Next step"), choices=STEPS, method="by_step")
    close = django_filters.ChoiceFilter(
        label=gettext_lazy("Expected close"), choices=CLOSES, method="by_close"
    )
    stage = django_filters.NumberFilter("stage_id", label=gettext_lazy("Stage"))
    idle = django_filters.ChoiceFilter(
        label=gettext_lazy("Activity"), choices=(("stale", gettext_lazy("Stale")),), method="by_idle"
    )
    rfm_group = django_filters.ChoiceFilter(
        "payer__value__rfm_group", label=gettext_lazy("RFM group"), choices=RfmGroup.choices
    )
    approval = django_filters.ChoiceFilter(
        label=gettext_lazy("Discount approval"), choices=[*DealApproval.choices][1:]
    )
    learned = django_filters.ChoiceFilter(
        label=gettext_lazy("Learned probability"), choices=LEARNED, method="by_learned"
    )
    loss_reason = KeyFilter("loss_reason_id", label=gettext_lazy("Loss reason"))
    customer = IdFilter("customer_id", visible=customers)
    payer = IdFilter("payer_id", visible=customers)
    team = KeyFilter("team_id", label=gettext_lazy("Team"))
    month = django_filters.CharFilter(label=gettext_lazy("Closes in"), method="by_month")
    forecast = django_filters.ChoiceFilter(
        label=gettext_lazy("Forecast"), choices=BLOCKS, method="by_forecast"
    )
    change = django_filters.ChoiceFilter(
        label=gettext_lazy("Forecast changed"), choices=CHANGES, method="by_change"
    )
    since = django_filters.DateFilter(label=gettext_lazy("Since"), method="of_change")
    within = django_filters.CharFilter(label=gettext_lazy("Expected in"), method="of_change")
    recommended = ProductFilter(gettext_lazy("Recommended"), recommended)

    class Meta:
        model = Deal
        fields: tuple[str, ...] = ()

    def by_text(self, rows: QuerySet[Deal], _name: str, value: str) -> QuerySet[Deal]:
        """By name, or by whatever finds the customer."""
        matching = customers(self.user).filter(pk__in=matching_ids("contacts.customer", value))
        found = matching.filter(found_openly(self.user, value))
        by_name = rows.filter(pk__in=matching_ids("sales.deal", value))
        return by_name | rows.filter(customer__in=found)

    def by_state(self, rows: QuerySet[Deal], _name: str, value: str) -> QuerySet[Deal]:
        """Won are those that still count as sold; `closed` are all that are not open."""
        conditions = {
            "all": Q(),
            "closed": ~Q(state=StageKind.OPEN),
            "taken_back": Q(state=StageKind.WON, is_taken_back=True),
            StageKind.WON: WON,
        }
        return rows.filter(conditions.get(value, Q(state=value)))

    def by_step(self, rows: QuerySet[Deal], _name: str, value: str) -> QuerySet[Deal]:
        today = company_day()
        conditions: dict[str, dict[str, Any]] = {
            "overdue": {"next_step_on__lt": today},
            "today": {"next_step_on": today},
            "week": {"next_step_on__gte": today, "next_step_on__lte": today + timedelta(days=7)},
            "none": {"next_step": ""},
        }
        return rows.filter(**conditions[value])

    def by_close(self, rows: QuerySet[Deal], _name: str, value: str) -> QuerySet[Deal]:
        today = company_day()
        first = today.replace(day=1)
        following = (first + timedelta(days=32)).replace(day=1)
        conditions: dict[str, dict[str, Any]] = {
            "overdue": {"close_on__lt": today},
            "month": {"close_on__gte": first, "close_on__lt": following},
            "next": {
                "close_on__gte": following,
                "close_on__lt": (following + timedelta(days=32)).replace(day=1),
            },
            "quarter": {"close_on__gte": today, "close_on__lte": today + timedelta(days=90)},
        }
        return rows.filter(**conditions[value])

    def by_idle(self, rows: QuerySet[Deal], _name: str, _value: str) -> QuerySet[Deal]:
        return rows.filter(stale_at__lt=timezone.now())

    def by_learned(self, rows: QuerySet[Deal], _name: str, value: str) -> QuerySet[Deal]:
        hand = F("probability") / 100.0
        conditions: dict[str, dict[str, Any]] = {
            "above": {"chance__probability__gte": hand + FAR},
            "below": {"chance__probability__lte": hand - FAR},
            "likely": {"chance__probability__gte": 0.7},
            "unlikely": {"chance__probability__lt": 0.3},
        }
        return rows.filter(state=StageKind.OPEN, **conditions[value])

    def by_month(self, rows: QuerySet[Deal], _name: str, value: str) -> QuerySet[Deal]:
        """`2026-11`, or `2026-11..2027-04`."""
        span = read_span(value)
        return rows.filter(span.days) if span else rows.none()

    def by_forecast(self, rows: QuerySet[Deal], _name: str, value: str) -> QuerySet[Deal]:
        return rows.filter(in_block(value, company_day()))

    def by_change(self, rows: QuerySet[Deal], _name: str, value: str) -> QuerySet[Deal]:
        """`since` a day that was noted, `within` some months."""
        since, span = self.form.cleaned_data.get("since"), read_span(self.data.get("within", ""))
        if since is None or span is None:
            return rows.none()
        return compared(rows, since).filter(changed(value, span, since, company_day()))

    def of_change(self, rows: QuerySet[Deal], _name: str, _value: Any) -> QuerySet[Deal]:
        return rows

    @property
    def qs(self) -> Any:
        rows = super().qs
        asked = any(self.data.get(name) for name in WITH_STATE)
        return rows if asked else rows.filter(state=StageKind.OPEN)

    def value_text(self, name: str) -> str:
        """Months and days in words."""
        if name in ("month", "within"):
            span = read_span(self.data[name])
            return span.words if span else str(self.data[name])
        return super().value_text(name)

    def options(self, name: str) -> list[tuple[str, Any]]:
        """Pipelines, stages and reasons are read when they are needed."""
        match name:
            case "owner":
                return owner_options()
            case "pipeline":
                return as_text(pipeline_options())
            case "stage":
                return as_text(stage_options())
            case "team":
                return as_text(team_options())
            case "loss_reason":
                return [("none", gettext("None")), *as_text(loss_reason_options())]
        return super().options(name)


def as_text(options: list[tuple[int, str]]) -> list[tuple[str, Any]]:
    return [(str(pk), name) for pk, name in options]
