"""Laying out pipelines with deals inside: stages come, go and change, and their deals follow."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from crm.access.services import require
from crm.audit.services import record, record_many
from crm.kept import forget
from crm.records.services import touch, write_changes, write_deletion, write_restoration
from crm.staff.models import User
from sales.choices import ForecastCategory, StageKind
from sales.models import Deal, Pipeline, Stage, StageChange
from sales.selectors import STAGES


@dataclass(frozen=True)
class StageRow:
    """A stage as it is typed; without `pk` it is new. `probability` in per cent."""

    name: str
    kind: StageKind = StageKind.OPEN
    probability: int = 0
    stale_days: int | None = None
    forecast_category: ForecastCategory = ForecastCategory.PIPELINE
    pk: int | None = None

    def columns(self, position: int) -> dict[str, Any]:
        return {
            "name": self.name,
            "probability": self.probability,
            "stale_days": self.stale_days,
            "forecast_category": self.forecast_category.value,
            "position": position,
        }


ENDS = (
    StageRow("Won", StageKind.WON, 100, None, ForecastCategory.COMMIT),
    StageRow("Lost", StageKind.LOST, 0, None, ForecastCategory.OMITTED),
)
FIRST = StageRow("New", probability=10, stale_days=14)


@transaction.atomic
def pipeline_create(*, actor: User, name: str) -> Pipeline:
    """Add a pipeline with one open stage and its two ends."""
    require(actor, "sales.create_pipeline")
    check_name(name)
    pipeline = Pipeline.objects.create(name=name, position=Pipeline.objects.count())
    rows = (replace(FIRST, name=_("New")), replace(ENDS[0], name=_("Won")), replace(ENDS[1], name=_("Lost")))
    for position, row in enumerate(rows):
        Stage.objects.create(pipeline=pipeline, kind=row.kind, **row.columns(position))
    forget(STAGES)
    record(actor=actor, action="sales.pipeline.create", obj=pipeline, after={"name": name})
    return pipeline


def check_name(name: str, but: int = 0) -> None:
    if Pipeline.objects.filter(name=name, deleted_at=None).exclude(pk=but).exists():
        raise ValidationError({"name": _("There is a pipeline of this name.")})


@transaction.atomic
def pipeline_edit(*, actor: User, pipeline: Pipeline, name: str, version: int) -> Pipeline:
    require(actor, "sales.edit_pipeline")
    check_name(name, pipeline.pk)
    write_changes(
        actor=actor, obj=pipeline, values={"name": name}, version=version, action="sales.pipeline.edit"
    )
    forget(STAGES)
    return pipeline


@transaction.atomic
def pipeline_delete(*, actor: User, pipeline: Pipeline) -> Pipeline:
    """Take a pipeline without open deals out of use; closed ones keep it. Raises ValidationError."""
    require(actor, "sales.delete_pipeline")
    held = Deal.objects.filter(pipeline=pipeline, state=StageKind.OPEN, deleted_at=None).count()
    if held:
        raise ValidationError(_("It holds %s open deals. Close them or move them first.") % held)
    if not Pipeline.objects.filter(deleted_at=None).exclude(pk=pipeline.pk).exists():
        raise ValidationError(_("One pipeline is needed."))
    write_deletion(actor=actor, obj=pipeline, action="sales.pipeline.delete")
    forget(STAGES)
    return pipeline


@transaction.atomic
def pipeline_restore(*, actor: User, pipeline: Pipeline) -> Pipeline:
    require(actor, "sales.restore_pipeline")
    check_name(pipeline.name)
    write_restoration(actor=actor, obj=pipeline, action="sales.pipeline.restore")
    forget(STAGES)
    return pipeline


@transaction.atomic
def stages_save(*, actor: User, pipeline: Pipeline, rows: Sequence[StageRow], version: int) -> Pipeline:
    """Set names, order and rules of the stages; new ones are added, deals inside follow what changed.

    A stage that is missing here stays as it is: `stage_delete` takes it away. Raises ValidationError, StaleRecord.
    """
    require(actor, "sales.edit_pipeline")
    check_rows(rows)
    touch(pipeline, version)
    known = {stage.pk: stage for stage in pipeline.stages.filter(deleted_at=None)}
    before = [str(stage) for stage in known.values()]
    free_names(known.values(), rows)
    for position, row in enumerate(rows):
        if row.pk is None:
            Stage.objects.create(pipeline=pipeline, kind=StageKind.OPEN, **row.columns(position))
        elif row.pk in known:
            stage_edit(known[row.pk], row.columns(position))
    after = [row.name for row in rows]
    forget(STAGES)
    record(
        actor=actor,
        action="sales.pipeline.stages",
        obj=pipeline,
        before={"stages": before},
        after={"stages": after},
    )
    return pipeline


def free_names(known: Any, rows: Sequence[StageRow]) -> None:
    """Two stages may exchange their names: for a moment none has one that is wanted."""
    named = {row.pk: row.name for row in rows if row.pk}
    for stage in known:
        if named.get(stage.pk, stage.name) != stage.name:
            Stage.objects.filter(pk=stage.pk).update(name=f"~{stage.pk}")


def check_rows(rows: Sequence[StageRow]) -> None:
    names = [row.name.casefold() for row in rows]
    if len(set(names)) < len(names):
        raise ValidationError(_("Two stages have the same name."))
    if not any(row.kind == StageKind.OPEN for row in rows):
        raise ValidationError(_("One open stage is needed."))
    if any(not 0 <= row.probability <= 100 for row in rows):
        raise ValidationError(_("A probability lies between 0 and 100 %."))


def stage_edit(stage: Stage, columns: Mapping[str, Any]) -> None:
    """Write a stage; its deals take over a new probability (unless they have one by hand), category and idle time."""
    changed = {name: value for name, value in columns.items() if getattr(stage, name) != value}
    Stage.objects.filter(pk=stage.pk).update(**columns)
    inside = Deal.objects.filter(stage=stage, state=StageKind.OPEN)
    now = timezone.now()
    if "probability" in changed:
        inside.filter(probability_reason="").update(probability=columns["probability"], updated_at=now)
    if "forecast_category" in changed:
        same = inside.filter(forecast_category=stage.forecast_category)
        same.update(forecast_category=columns["forecast_category"], updated_at=now)
    if "stale_days" in changed:
        days = columns["stale_days"]
        stale_at = F("active_at") + timedelta(days=days) if days else None
        inside.update(stale_at=stale_at, updated_at=now)


@transaction.atomic
def stage_delete(*, actor: User, stage: Stage, into: Stage | None = None) -> int:
    """Take an open stage away; the deals inside go `into` another of the pipeline, logged. How many they were.

    Raises ValidationError while deals are inside and nobody says where they go.
    """
    require(actor, "sales.edit_pipeline")
    pipeline = Pipeline.objects.select_for_update().get(pk=stage.pipeline_id)
    others = Stage.objects.filter(pipeline=pipeline, kind=StageKind.OPEN, deleted_at=None).exclude(
        pk=stage.pk
    )
    if not stage.is_open:
        raise ValidationError(_("The ends of a pipeline stay."))
    if not others.exists():
        raise ValidationError(_("One open stage is needed."))
    inside = list(Deal.objects.select_for_update(of=("self",)).filter(stage=stage))
    if inside and (into is None or not others.filter(pk=into.pk).exists()):
        raise ValidationError(_("Deals are inside. Choose the stage they go to."))
    if inside and into is not None:
        deals_move(actor, inside, stage, into)
    Stage.objects.filter(pk=stage.pk).update(deleted_at=timezone.now())
    touch(pipeline, pipeline.version)
    forget(STAGES)
    after = {"into": str(into) if into else ""}
    record(
        actor=actor,
        action="sales.pipeline.stage_delete",
        obj=pipeline,
        before={"stage": str(stage)},
        after=after,
    )
    return len(inside)


def deals_move(actor: User, deals: Sequence[Deal], left: Stage, into: Stage) -> None:
    """All deals of a stage at once, each with its entry in the log and in its history."""
    now = timezone.now()
    StageChange.objects.bulk_create(
        (
            StageChange(
                deal=deal, from_stage=left, to_stage=into, changed_at=now, actor=actor, base_amount=deal.base_amount,
                seconds=max(0, int((now - deal.stage_since).total_seconds())),
            )
            for deal in deals
        ),
        batch_size=1_000,
    )  # fmt: skip
    rows = Deal.objects.filter(stage=left)
    rows.filter(probability_reason="").update(probability=into.probability)
    stale_at = F("active_at") + timedelta(days=into.stale_days) if into.stale_days else None
    rows.filter(state=StageKind.OPEN).update(stale_at=stale_at)
    rows.update(
        stage=into,
        stage_since=now,
        forecast_category=into.forecast_category,
        version=F("version") + 1,
        updated_at=now,
    )
    told = [(deal, {"stage": left.pk}, {"stage": into.pk}) for deal in deals]
    record_many(actor=actor, action="sales.deal.move", changes=told)
