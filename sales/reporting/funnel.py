"""The way through the stages of a pipeline: how many entered each, went on, were lost there, and how long it took."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.contrib.postgres.aggregates import BoolOr
from django.db.models import Aggregate, Case, Count, F, FloatField, Max, Q, Value, When

from sales.choices import StageKind
from sales.models import Stage, StageChange
from sales.reporting.scope import Scope
from sales.selectors import stages_of

WON_RANK = 10_000


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
    """Per deal what it did since the period began, then how many deals did it."""
    inside, since = scope.period.inside("changed_at"), scope.period.moments[0]
    ranks = {stage.pk: place for place, stage in enumerate(opens, 1)}
    rank = Case(
        *(When(to_stage=pk, then=Value(place)) for pk, place in ranks.items()),
        When(Q(to_stage__kind=StageKind.WON, to_stage__pipeline=opens[0].pipeline_id), then=Value(WON_RANK)),
        default=Value(0),
    )
    asked: dict[str, Any] = {"best": Max(rank), "here": Max("deal__stage_id")}
    for stage in opens:
        asked[f"in_{stage.pk}"] = BoolOr(Q(to_stage=stage) & inside)
        asked[f"lost_{stage.pk}"] = BoolOr(Q(from_stage=stage, to_stage__kind=StageKind.LOST))
    steps = StageChange.objects.filter(undone_at=None, changed_at__gte=since, deal__in=scope.deals)
    counts: dict[str, Any] = {}
    for stage in opens:
        entered = Q(**{f"in_{stage.pk}": True})
        counts[f"entered_{stage.pk}"] = Count("deal", filter=entered)
        counts[f"on_{stage.pk}"] = Count("deal", filter=entered & Q(best__gt=ranks[stage.pk]))
        counts[f"gone_{stage.pk}"] = Count("deal", filter=entered & Q(**{f"lost_{stage.pk}": True}))
        counts[f"stays_{stage.pk}"] = Count("deal", filter=entered & Q(here=stage.pk))
    return steps.order_by().values("deal").annotate(**asked).aggregate(**counts)


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
