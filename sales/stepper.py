"""The stages of a deal's pipeline as the steps that its page shows."""

from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import ngettext

from sales.choices import StageKind
from sales.models import Deal, Stage
from sales.selectors import stages_of


@dataclass(frozen=True)
class Step:
    """`state`: passed, here or ahead. `spent` is the time in the stage so far, empty where it was never in it."""

    stage: Stage
    state: str
    spent: str


def stepper(deal: Deal) -> list[Step]:
    """The open stages in their order, and where the deal was closed that end."""
    stages = stages_of(deal.pipeline_id)
    shown = [stage for stage in stages if stage.is_open or stage.pk == deal.stage_id]
    spent = seconds_in_stages(deal)
    places = [stage.pk for stage in shown]
    at = places.index(deal.stage_id) if deal.stage_id in places else 0
    return [
        Step(stage, state_of(index, at, deal), time_in(spent, stage)) for index, stage in enumerate(shown)
    ]


def seconds_in_stages(deal: Deal) -> dict[int, float]:
    spent: dict[int, float] = {}
    for left, seconds in deal.stage_changes.filter(undone_at=None, from_stage__isnull=False).values_list(
        "from_stage", "seconds"
    ):
        spent[left] = spent.get(left, 0) + seconds
    if deal.state == StageKind.OPEN:
        here = (timezone.now() - deal.stage_since).total_seconds()
        spent[deal.stage_id] = spent.get(deal.stage_id, 0) + here
    return spent


def time_in(spent: dict[int, float], stage: Stage) -> str:
    if stage.pk not in spent or not stage.is_open:
        return ""
    days = int(spent[stage.pk] // 86_400)
    return ngettext("%s day", "%s days", days) % days


def state_of(index: int, at: int, deal: Deal) -> str:
    if index == at:
        return "here"
    return "passed" if index < at else "ahead"
