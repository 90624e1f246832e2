"""The jobs of analytics, found by name."""

from typing import Any

from analytics import services
from crm.jobs.models import Job


def statistics_pull(job: Job) -> dict[str, Any]:
    """A new, changed or cancelled order: its payer's statistics and values, within seconds."""
    return {"payers": services.statistics_pull()}


def value_refresh(job: Job) -> dict[str, Any]:
    """Every night and after a change of the settings."""
    run = services.value_refresh()
    return {"run": run.pk, "payers": run.payers, "seconds": run.seconds}
