"""What the report counts, as conditions over deals: the same for its sums and for the lists behind them."""

from collections.abc import Sequence
from datetime import date

from django.db.models import Exists, OuterRef, Q

from sales.choices import ForecastCategory, StageKind
from sales.forecasting import WON
from sales.models import DealCompetitor, Stage, StageChange
from sales.reporting.period import Period

LOST, OPEN = Q(state=StageKind.LOST), Q(state=StageKind.OPEN)
CLOSED = WON | LOST
WAYS = ("entered", "on", "lost", "stays", "left")


def expected(period: Period, today: date) -> Q:
    """Open deals that may still be closed in the period."""
    first = max(period.first, today)
    coming = Q(close_on__gte=first, close_on__lte=period.last)
    return OPEN & coming & ~Q(forecast_category=ForecastCategory.OMITTED)


def open_on(day: date) -> Q:
    """Deals that were open at the end of a day."""
    begun = Q(created_at__lt=Period(day, day).moments[1])
    return begun & (OPEN | Q(close_on__gt=day))


def against(name: str) -> Exists:
    """Deals in which a competitor was asked too."""
    return Exists(DealCompetitor.objects.filter(deal=OuterRef("pk"), name=name))


# --- the way through the stages -------------------------------------------------------------------------------------


def steps(*conditions: Q) -> Exists:
    return Exists(StageChange.objects.filter(*conditions, deal=OuterRef("pk"), undone_at=None))


def further(stage: Stage, stages: Sequence[Stage]) -> list[int]:
    """The stages of the pipeline that lie behind one, and the won one."""
    return [
        each.pk
        for each in stages
        if each.pipeline_id == stage.pipeline_id
        and (each.kind == StageKind.WON or (each.is_open and each.position > stage.position))
    ]


def on_way(way: str, stage: Stage, stages: Sequence[Stage], period: Period) -> Q:
    """Deals that entered a stage in the period; of these those that went further since, were lost from it, or stay.

    `left` are those that left the stage in the period, whenever they had entered it.
    """
    since = Q(changed_at__gte=period.moments[0])
    inside = period.inside("changed_at")
    if way == "left":
        return Q(steps(inside, Q(from_stage=stage)))
    entered = Q(steps(inside, Q(to_stage=stage)))
    match way:
        case "on":
            return entered & Q(steps(since, Q(to_stage__in=further(stage, stages))))
        case "lost":
            return entered & Q(steps(since, Q(from_stage=stage, to_stage__kind=StageKind.LOST)))
        case "stays":
            return entered & Q(stage=stage)
    return entered


# --- what slipped ---------------------------------------------------------------------------------------------------

SLIPS = ("moved", "passed", "slipped")


def slipped(name: str, period: Period, since: date, today: date) -> Q:
    """Compared deals (sales.forecasting.compared) that were to be closed in the period and were not.

    `moved`: their close was put off beyond it; `passed`: they are open and their expected close is over.
    """
    then = Q(
        was__state=StageKind.OPEN, was__close_on__gte=max(period.first, since), was__close_on__lte=period.last
    )
    moved = Q(close_on__gt=period.last)
    passed = OPEN & Q(close_on__lte=period.last, close_on__lt=today)
    return then & {"moved": moved, "passed": passed}.get(name, moved | passed)
