"""The filters of deals that the numbers of the report lead to."""

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.company.selectors import company_day
from crm.lists.days import read_days
from crm.lists.filters import ListFilter, readable_id
from sales.forecasting import compared
from sales.models import Deal, Stage
from sales.reporting.conditions import SLIPS, WAYS, against, on_way, open_on, slipped
from sales.reporting.period import read_period
from sales.selectors import stages

SLIP_WORDS = (
    ("moved", gettext_lazy("Close put off beyond it")),
    ("passed", gettext_lazy("Close over, still open")),
    ("slipped", gettext_lazy("Not closed as expected")),
)


class KeyFilter(django_filters.CharFilter):
    """The id of another row, or `none`."""

    def filter(self, qs: QuerySet[Any], value: str) -> QuerySet[Any]:
        if not value:
            return qs
        if value == "none":
            return qs.filter(**{self.field_name: None})
        return qs.filter(**{self.field_name: int(value)}) if readable_id(value) else qs.none()


class ReportFilters(ListFilter):
    """`days`, `during` and `awaited` are written `2026-11-01..2026-11-30`, `way` `entered-5` by the id of a stage."""

    days = django_filters.CharFilter(label=gettext_lazy("Closes between"), method="by_days")
    open_on = django_filters.CharFilter(label=gettext_lazy("Open on"), method="by_open_on")
    competitor = django_filters.CharFilter(label=gettext_lazy("Competitor"), method="by_competitor")
    source = django_filters.CharFilter(label=gettext_lazy("Lead source"), method="by_source")
    way = django_filters.CharFilter(label=gettext_lazy("Way"), method="by_way")
    during = django_filters.CharFilter(label=gettext_lazy("During"), method="of_another")
    slip = django_filters.ChoiceFilter(label=gettext_lazy("Slipped"), choices=SLIP_WORDS, method="by_slip")
    awaited = django_filters.CharFilter(label=gettext_lazy("Awaited"), method="of_another")
    noted = django_filters.DateFilter(label=gettext_lazy("Noted on"), method="of_another")

    def by_days(self, rows: QuerySet[Deal], _name: str, value: str) -> QuerySet[Deal]:
        period = read_period(value)
        return rows.filter(period.closing) if period else rows.none()

    def by_open_on(self, rows: QuerySet[Deal], _name: str, value: str) -> QuerySet[Deal]:
        days = read_days(value)
        return rows.filter(open_on(days[0])) if days else rows.none()

    def by_competitor(self, rows: QuerySet[Deal], _name: str, value: str) -> QuerySet[Deal]:
        return rows.filter(against(value))

    def by_source(self, rows: QuerySet[Deal], _name: str, value: str) -> QuerySet[Deal]:
        return rows.filter(lead_source="" if value == "none" else value)

    def by_way(self, rows: QuerySet[Deal], _name: str, value: str) -> QuerySet[Deal]:
        way, stage = read_way(value)
        period = read_period(self.data.get("during", ""))
        if stage is None or period is None:
            return rows.none()
        return rows.filter(on_way(way, stage, stages(), period))

    def by_slip(self, rows: QuerySet[Deal], _name: str, value: str) -> QuerySet[Deal]:
        """`awaited` in some days, as `noted` on a day."""
        period, since = read_period(self.data.get("awaited", "")), self.form.cleaned_data.get("noted")
        if since is None or period is None or value not in SLIPS:
            return rows.none()
        return compared(rows, since).filter(slipped(value, period, since, company_day()))

    def of_another(self, rows: QuerySet[Deal], _name: str, _value: Any) -> QuerySet[Deal]:
        return rows

    def value_text(self, name: str) -> str:
        """Days and ways in words."""
        value = str(self.data[name])
        if name in ("days", "during", "awaited"):
            period = read_period(value)
            return period.words if period else value
        if name == "source" and value == "none":
            return _("None")
        if name == "way":
            way, stage = read_way(value)
            return way_words(way) % stage.name if stage else value
        return super().value_text(name)


def read_way(text: str) -> tuple[str, Stage | None]:
    """The way and the stage of `entered-5`; no stage where it cannot be read."""
    way, _dash, key = text.partition("-")
    known = way in WAYS and readable_id(key)
    return way, next((stage for stage in stages() if known and stage.pk == int(key)), None)


def way_words(way: str) -> str:
    return {
        "entered": _("entered %s"),
        "on": _("went on from %s"),
        "lost": _("lost from %s"),
        "stays": _("still in %s"),
        "left": _("left %s"),
    }[way]
