"""Pipelines are laid out anew with deals inside: nothing is lost, and every deal's history says what happened."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client

from crm.audit.models import AuditEntry
from crm.staff.models import User
from sales.choices import ForecastCategory, StageKind
from sales.models import Deal, LossReason, Pipeline, Stage
from sales.services.deal import deal_edit
from sales.services.pipeline import StageRow, pipeline_create, pipeline_delete, stage_delete, stages_save

MakeDeal = Callable[..., Deal]


def rows_of(pipeline: Pipeline) -> list[StageRow]:
    return [
        StageRow(
            stage.name, StageKind(stage.kind), stage.probability, stage.stale_days,
            ForecastCategory(stage.forecast_category), stage.pk,
        )
        for stage in pipeline.stages.filter(deleted_at=None)
    ]  # fmt: skip


def test_deals_follow_a_new_probability_unless_theirs_was_set_by_hand(
    manager: User, make_deal: MakeDeal, pipeline: Pipeline
) -> None:
    deal, by_hand = make_deal(manager), make_deal(manager)
    values = {"probability": 55, "probability_reason": "Promised"}
    deal_edit(actor=manager, deal=by_hand, values=values, version=by_hand.version)
    rows = rows_of(pipeline)
    rows[0] = StageRow(rows[0].name, StageKind.OPEN, 20, 3, rows[0].forecast_category, rows[0].pk)
    stages_save(actor=manager, pipeline=pipeline, rows=rows, version=pipeline.version)
    found = Deal.objects.get(pk=deal.pk)
    assert (found.probability, Deal.objects.get(pk=by_hand.pk).probability) == (20, 55)
    assert found.stale_at == found.active_at + timedelta(days=3)


def test_stages_are_added_renamed_and_put_in_order(manager: User, pipeline: Pipeline) -> None:
    rows = rows_of(pipeline)
    rows[0], rows[1] = rows[1], rows[0]
    rows.insert(2, StageRow("Trial", probability=40))
    names = [row.name for row in rows]
    stages_save(actor=manager, pipeline=pipeline, rows=rows, version=pipeline.version)
    assert [stage.name for stage in pipeline.stages.filter(deleted_at=None)] == names


def test_two_stages_exchange_their_names(manager: User, pipeline: Pipeline) -> None:
    rows = rows_of(pipeline)
    first, second = rows[0], rows[1]
    rows[0] = StageRow(second.name, StageKind.OPEN, 10, None, first.forecast_category, first.pk)
    rows[1] = StageRow(first.name, StageKind.OPEN, 25, None, second.forecast_category, second.pk)
    stages_save(actor=manager, pipeline=pipeline, rows=rows, version=pipeline.version)
    assert Stage.objects.get(pk=first.pk).name == second.name


def test_a_stage_with_deals_inside_asks_where_they_go(
    manager: User, make_deal: MakeDeal, stages: dict[str, Stage], unchanged: Callable[[], None]
) -> None:
    make_deal(manager)
    unchanged()
    with pytest.raises(ValidationError, match="Choose the stage"):
        stage_delete(actor=manager, stage=stages["Qualified"])
    with pytest.raises(ValidationError, match="Choose the stage"):
        stage_delete(actor=manager, stage=stages["Qualified"], into=stages["Won"])
    unchanged()


def test_the_deals_of_a_deleted_stage_move_on_and_say_so(
    manager: User, make_deal: MakeDeal, stages: dict[str, Stage]
) -> None:
    deal = make_deal(manager)
    assert stage_delete(actor=manager, stage=stages["Qualified"], into=stages["Needs known"]) == 1
    found = Deal.objects.get(pk=deal.pk)
    assert (found.stage, found.probability, found.version) == (stages["Needs known"], 25, deal.version + 1)
    assert found.stage_changes.last().to_stage == stages["Needs known"]  # type: ignore[union-attr]
    assert AuditEntry.objects.filter(action="sales.deal.move", object_id=deal.pk).exists()


def test_the_last_open_stage_and_the_ends_stay(manager: User, company: object) -> None:
    pipeline = pipeline_create(actor=manager, name="Renewals")
    for stage in pipeline.stages.all():
        with pytest.raises(ValidationError):
            stage_delete(actor=manager, stage=stage)


def test_a_pipeline_with_open_deals_stays(manager: User, make_deal: MakeDeal, pipeline: Pipeline) -> None:
    make_deal(manager)
    pipeline_create(actor=manager, name="Renewals")
    with pytest.raises(ValidationError, match="1 open deals"):
        pipeline_delete(actor=manager, pipeline=pipeline)


def test_who_may_not_lay_out_pipelines_changes_none(
    rep: User, pipeline: Pipeline, stages: dict[str, Stage], unchanged: Callable[[], None]
) -> None:
    unchanged()
    with pytest.raises(PermissionDenied):
        stages_save(actor=rep, pipeline=pipeline, rows=rows_of(pipeline), version=1)
    with pytest.raises(PermissionDenied):
        stage_delete(actor=rep, stage=stages["Qualified"], into=stages["Negotiation"])
    unchanged()


def test_the_page_saves_what_was_typed_and_refuses_what_is_stale(
    manager: User, pipeline: Pipeline, stages: dict[str, Stage], sign_in: Callable[[User], Client]
) -> None:
    client = sign_in(manager)
    data = {
        "version": pipeline.version,
        "name": "New business",
        "stages-TOTAL_FORMS": 6,
        "stages-INITIAL_FORMS": 6,
    }
    for index, stage in enumerate(pipeline.stages.all()):
        part = {"pk": stage.pk, "position": index, "name": stage.name, "probability": stage.probability,
                "stale_days": stage.stale_days or "", "forecast_category": stage.forecast_category}  # fmt: skip
        data |= {f"stages-{index}-{name}": value for name, value in part.items()}
    data["stages-0-name"] = "First talk"
    assert client.post(f"/settings/pipelines/{pipeline.pk}/", data).status_code == 302
    assert Stage.objects.get(pk=stages["Qualified"].pk).name == "First talk"
    assert client.post(f"/settings/pipelines/{pipeline.pk}/", data).status_code == 409
    assert client.get("/settings/pipelines/").status_code == 200


def test_a_loss_reason_is_added_and_taken_away(
    manager: User, pipeline: Pipeline, sign_in: Callable[[User], Client]
) -> None:
    client = sign_in(manager)
    client.post("/settings/loss-reasons/new/", {"name": "Moved away"})
    reason = LossReason.objects.get(name="Moved away")
    client.post(f"/settings/loss-reasons/{reason.pk}/delete/")
    assert not LossReason.objects.filter(name="Moved away", deleted_at=None).exists()
    client.post(f"/settings/loss-reasons/{reason.pk}/restore/")
    assert LossReason.objects.filter(name="Moved away", deleted_at=None).exists()
