"""The pipeline and the loss reasons that every installation starts with; administrators change them as they like."""

from typing import Any

from django.db import migrations

STAGES = (
    # name, kind, probability %, stale after days, forecast
    ("Qualified", "open", 10, 14, "pipeline"),
    ("Needs known", "open", 25, 14, "pipeline"),
    ("Quote sent", "open", 50, 10, "best"),
    ("Negotiation", "open", 75, 7, "commit"),
    ("Won", "won", 100, None, "commit"),
    ("Lost", "lost", 0, None, "omitted"),
)
REASONS = (
    "Price too high",
    "A competitor was chosen",
    "No budget",
    "No need any more",
    "Does not fit",
    "No answer",
    "Bad timing",
)


def begin(apps: Any, _editor: Any) -> None:
    pipelines, stage, reason = (apps.get_model("sales", name) for name in ("Pipeline", "Stage", "LossReason"))
    if pipelines.objects.exists():
        return
    pipeline = pipelines.objects.create(name="Sales")
    stage.objects.bulk_create(
        stage(
            pipeline=pipeline,
            name=name,
            kind=kind,
            probability=probability,
            stale_days=stale_days,
            forecast_category=forecast,
            position=position,
        )
        for position, (name, kind, probability, stale_days, forecast) in enumerate(STAGES)
    )
    reason.objects.bulk_create(
        reason(name=name, position=position) for position, name in enumerate(REASONS)
    )


def end(apps: Any, _editor: Any) -> None:
    """Only what nothing hangs on: the tables of deals are dropped next."""
    for name in ("Stage", "Pipeline", "LossReason"):
        apps.get_model("sales", name).objects.all().delete()


class Migration(migrations.Migration):
    dependencies = [("sales", "0006_deals")]
    operations = [migrations.RunPython(begin, end)]
