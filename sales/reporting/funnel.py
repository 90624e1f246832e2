"""The way through the stages of a pipeline: how many entered each, went on, were lost there, and how long it took."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.contrib.postgres.aggregates import BitOr
from django.db.models import Aggregate, BigIntegerField, Case, Count, F, FloatField, Max, Q, Value, When
from django.db.models.lookups import GreaterThan

from sales.choices import StageKind
from sales.models import Stage, StageChange
from sales.reporting.scope import Scope
from sales.selectors import stages_of

WON_RANK = 10_000
ENDS = (StageKind.WON, StageKind.LOST)


class Median(Aggregate):
    function = "percentile_cont"
    template = "%(function)s(0.5) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = FloatField()


@dataclass(frozen=True)
class Rung:
    """Deals that entered a stage in the period, and what became of these since. `days` is the median spent in it."""

    stage: Stage
    entered: int
    on: int
    lost: int
    stays: int
    days: float | None
    doors: dict[str, str]

    @property
    def rate(self) -> float | None:
        return self.on / self.entered if self.entered else None


def funnel(scope: Scope, pipeline: int) -> list[Rung]:
    """Two queries over the steps of the period."""
    opens = [stage for stage in stages_of(pipeline) if stage.is_open]
    if not opens:
        return []
    found, times = counted(scope, opens), medians(scope, opens)
    return [rung(scope, stage, found, times.get(stage.pk)) for stage in opens]


def counted(scope: Scope, opens: list[Stage]) -> dict[str, int]:
    """Per deal what it did since the period began, each stage a bit; then how many deals did it."""
    inside, since = scope.period.inside("changed_at"), scope.period.moments[0]
    of_pipeline = stages_of(opens[0].pipeline_id)
    won, lost = ([each.pk for each in of_pipeline if each.kind == kind] for kind in ENDS)
    places = {stage.pk: place for place, stage in enumerate(opens)}
    rank = Case(
        *(When(to_stage=pk, then=Value(place)) for pk, place in places.items()),
        When(to_stage__in=won, then=Value(WON_RANK)),
        default=Value(-1),
    )
    steps = StageChange.objects.filter(
        undone_at=None, changed_at__gte=since, deal__in=scope.deals, to_stage__in=[*places, *won, *lost]
    )
    ways = (
        steps.order_by()
        .values("deal")
        .annotate(
            best=Max(rank),
            here=Max("deal__stage_id"),
            entered=BitOr(bits("to_stage", places, inside)),
            lost=BitOr(bits("from_stage", places, Q(to_stage__in=lost))),
        )
    )
    counts: dict[str, Any] = {}
    for pk, place in places.items():
        entered = Q(GreaterThan(F("entered").bitand(1 << place), 0))
        gone = Q(GreaterThan(F("lost").bitand(1 << place), 0))
        counts[f"entered_{pk}"] = Count("deal", filter=entered)
        counts[f"on_{pk}"] = Count("deal", filter=entered & Q(best__gt=place))
        counts[f"gone_{pk}"] = Count("deal", filter=entered & gone)
        counts[f"stays_{pk}"] = Count("deal", filter=entered & Q(here=pk))
    return ways.aggregate(**counts)


def bits(name: str, places: dict[int, int], condition: Q) -> Case:
    """The bit of the stage that a step entered or left, where the condition holds."""
    whens = (When(condition & Q(**{name: pk}), then=Value(1 << place)) for pk, place in places.items())
    return Case(*whens, default=Value(0), output_field=BigIntegerField())


def medians(scope: Scope, opens: list[Stage]) -> dict[int, float]:
    """Days spent in a stage by deals that left it in the period."""
    inside = scope.period.inside("changed_at")
    steps = StageChange.objects.filter(inside, undone_at=None, from_stage__in=opens, deal__in=scope.deals)
    rows = steps.order_by().values("from_stage").annotate(median=Median(F("seconds")))
    return {row["from_stage"]: row["median"] / timedelta(days=1).total_seconds() for row in rows}


def rung(scope: Scope, stage: Stage, found: dict[str, int], days: float | None) -> Rung:
    def door(way: str) -> str:
        return scope.door(state="all", way=f"{way}-{stage.pk}", during=str(scope.period))

    ways = ("entered", "on", "lost", "stays", "left")
    return Rung(
        stage,
        found[f"entered_{stage.pk}"],
        found[f"on_{stage.pk}"],
        found[f"gone_{stage.pk}"],
        found[f"stays_{stage.pk}"],
        days,
        {way: door(way) for way in ways},
    )
