"""Reading runs and settings."""

from analytics.choices import RunState
from analytics.models import ValueRun, ValueSettings


def value_settings() -> ValueSettings:
    """The settings; before anybody saved any, the defaults (not saved)."""
    return ValueSettings.objects.filter(pk=1).first() or ValueSettings()


def newest_run() -> ValueRun | None:
    """The run whose values stand beside the customers."""
    return ValueRun.objects.exclude(state=RunState.FAILED).order_by("-id").first()
