"""What the writer of a stale edit is shown: their values beside those that were saved first."""

from collections.abc import Mapping
from typing import Any

from django.db import models

from crm.audit.selectors import history
from crm.records.history import label
from crm.records.services import current as held


def differences(current: models.Model, values: Mapping[str, Any]) -> list[dict[str, Any]]:
    """One entry for each field whose saved value is not the writer's: label, yours, theirs, by, at."""
    newest = history(current).first()
    by = newest.actor.name if newest and newest.actor else ""
    return [
        {
            "name": name,
            "label": label(type(current), name),
            "yours": shown(value),
            "theirs": shown(held(current, name)),
            "by": by,
            "at": newest.at if newest else None,
        }
        for name, value in values.items()
        if held(current, name) != value
    ]


def shown(value: Any) -> str:
    return "" if value is None else str(value)
