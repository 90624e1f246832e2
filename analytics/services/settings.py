"""Changing how values are computed."""

from typing import Any

from django.db import transaction

from analytics.models import ValueSettings
from crm.access.services import require
from crm.audit import services as audit
from crm.jobs.services import enqueue
from crm.records.errors import StaleRecord
from crm.staff.models import User


@transaction.atomic
def model_edit(*, actor: User, version: int, changes: dict[str, Any]) -> ValueSettings:
    """Save the changed fields and compute all values again in the background.

    `version` is the one the writer saw. Raises StaleRecord, with nothing written, when somebody was quicker.
    """
    require(actor, "analytics.edit_model")
    settings, _created = ValueSettings.objects.select_for_update().get_or_create(pk=1)
    if settings.version != version:
        raise StaleRecord(settings)
    before = {name: getattr(settings, name) for name in changes}
    for name, value in changes.items():
        setattr(settings, name, value)
    settings.version += 1
    settings.full_clean()
    settings.save()
    audit.record(actor=actor, action="analytics.model.edit", obj=settings, before=before, after=changes)
    enqueue("analytics.value_refresh", actor=actor)
    return settings
