"""Changing how values are computed."""

from typing import Any

from django.db import transaction

from analytics.models import ValueSettings
from crm.access.services import require
from crm.audit import services as audit
from crm.jobs.services import enqueue
from crm.staff.models import User


@transaction.atomic
def settings_update(*, actor: User, settings: ValueSettings, changes: dict[str, Any]) -> ValueSettings:
    """Save the changed fields and compute all values again in the background."""
    require(actor, "analytics.edit_model")
    before = {name: getattr(settings, name) for name in changes}
    for name, value in changes.items():
        setattr(settings, name, value)
    settings.version += 1
    settings.full_clean()
    settings.save()
    audit.record(actor=actor, action="analytics.settings.update", obj=settings, before=before, after=changes)
    enqueue("analytics.value_refresh", actor=actor)
    return settings
