"""The jobs of analytics, found by name.

Whoever queues a job looks its function up, and that may be the web process: it must not load NumPy and SciPy for
that. So the services are named here by path and loaded when a worker runs them.
"""

from typing import Any

from django.utils.module_loading import import_string

from crm.jobs.models import Job


def statistics_pull(job: Job) -> dict[str, Any]:
    """A new, changed or cancelled order: its payer's statistics and values, within seconds."""
    pull = import_string("analytics.services.statistics.statistics_pull")
    return {"payers": pull()}


def value_refresh(job: Job) -> dict[str, Any]:
    """Every night and after a change of the settings."""
    run = import_string("analytics.services.refresh.value_refresh")()
    return {"run": run.pk, "payers": run.payers, "seconds": run.seconds}
