"""History of a record, in words."""

from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db import models

from crm.access.services import field_level
from crm.audit.models import AuditEntry
from crm.audit.selectors import history
from crm.staff.models import User

LONGEST = 200
# not for reading: derived, or keys of other records that the reader may not see
SILENT = {"sort_name", "deleted_at", "other", "from", "to", "organisation", "customer", "payer"}


def history_rows(user: User, obj: models.Model, limit: int = 100) -> list[dict[str, Any]]:
    """Newest first: when, who, which verb, and the changed fields before and after.

    Fields of a group (`field_groups` of the model) that the reader may not know are left out, and so are ids.
    """
    groups: dict[str, str] = getattr(obj, "field_groups", {})
    hidden = SILENT | {key for key, group in groups.items() if field_level(user, group) == "hidden"}
    entries = list(history(obj)[:limit])
    names = staff_names(entries)
    return [
        {
            "at": entry.at,
            "actor_name": entry.actor.name if entry.actor else "",
            "label": entry.action.rsplit(".", 1)[-1].replace("_", " ").capitalize(),
            "changes": changes(type(obj), entry, names, hidden),
        }
        for entry in entries
    ]


def changes(
    model: type[models.Model], entry: AuditEntry, names: dict[int, str], hidden: set[str]
) -> list[dict[str, str]]:
    keys = [key for key in {**entry.before, **entry.after} if key not in hidden]
    return [
        {
            "label": label(model, key),
            "before": shown(key, entry.before.get(key), names),
            "after": shown(key, entry.after.get(key), names),
        }
        for key in keys
    ]


def label(model: type[models.Model], key: str) -> str:
    try:
        return str(model._meta.get_field(key).verbose_name).capitalize()  # type: ignore[union-attr]
    except (FieldDoesNotExist, AttributeError):
        return key.replace("_", " ").capitalize()


def shown(key: str, value: Any, names: dict[int, str]) -> str:
    if value in (None, ""):
        return ""
    if key == "owner" and isinstance(value, int):
        return names.get(value, str(value))
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)[:LONGEST]


def staff_names(entries: list[AuditEntry]) -> dict[int, str]:
    """Names of the owners the entries speak of, in one query."""
    keys = {values.get("owner") for entry in entries for values in (entry.before, entry.after)}
    return dict(User.objects.filter(pk__in=[key for key in keys if key]).values_list("pk", "name"))
