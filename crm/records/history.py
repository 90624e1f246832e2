"""History of a record, in words."""

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from functools import cache
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from crm.access.services import allowed, field_level
from crm.audit.models import AuditEntry
from crm.audit.selectors import history
from crm.company.reading import long_day, long_moment
from crm.fields.models import CustomField
from crm.money.formatting import number
from crm.notifications.mentions import plain
from crm.records.kinds import kind_of
from crm.records.restore import restorable
from crm.records.services import CUSTOM
from crm.staff.models import Team, User

LONGEST = 200
Names = dict[str, dict[int, str]]
# not for reading: derived, or keys of other records that the reader may not see
SILENT = {
    "sort_name",
    "deleted_at",
    "other",
    "from",
    "to",
    "organisation",
    "customer",
    "payer",
    "base_amount",
    "rated_on",
}


def history_rows(user: User, obj: models.Model, limit: int = 100) -> list[dict[str, Any]]:
    """Newest first: when, who, which verb, and the changed fields before and after.

    Fields of a group (`field_groups` of the model) that the reader may not know are left out, and so are ids.
    """
    groups: dict[str, str] = getattr(obj, "field_groups", {})
    hidden = SILENT | {key for key, group in groups.items() if field_level(user, group) == "hidden"}
    entries = list(history(obj)[:limit])
    names = known_names(entries)
    return [
        {
            "at": entry.at,
            "actor_name": entry.actor.name if entry.actor else "",
            "label": action_label(entry.action),
            "changes": changes(type(obj), entry, names, hidden, restore_url(user, obj)),
        }
        for entry in entries
    ]


def restore_url(user: User, obj: models.Model) -> Callable[[AuditEntry, str], str]:
    """The address that sets a field back, for the fields that this reader may edit on this record."""
    kind = kind_of(obj)
    if kind is None or not allowed(user, kind.permission("edit"), obj):
        return lambda _entry, _name: ""
    fields = restorable(user, kind)

    def url(entry: AuditEntry, name: str) -> str:
        known = name in fields and name in entry.before
        return reverse("lists:restore", args=[kind.slug, obj.pk, entry.pk, name]) if known else ""

    return url


def changes(
    model: type[models.Model],
    entry: AuditEntry,
    names: Names,
    hidden: set[str],
    restore: Callable[[AuditEntry, str], str] = lambda _entry, _name: "",
) -> list[dict[str, str]]:
    keys = [key for key in {**entry.before, **entry.after} if key not in hidden]
    return [
        {
            "label": label(model, key),
            "before": shown(model, key, entry.before.get(key), names),
            "after": shown(model, key, entry.after.get(key), names),
            "restore_url": restore(entry, key),
        }
        for key in keys
    ]


@cache
def declared(setting: str) -> dict[str, str | Promise]:
    """The words of all apps, from a settings list of dotted paths."""
    return {key: text for path in getattr(settings, setting) for key, text in import_string(path).items()}


def action_label(action: str) -> str:
    """What was done, in words; an action that nobody named any more is told by its verb."""
    return str(declared("HISTORY_LABELS").get(action) or in_words(action.rsplit(".", 1)[-1]))


def in_words(name: str) -> str:
    return name.replace("_", " ").capitalize()


def label(model: type[models.Model], key: str) -> str:
    if key.startswith(CUSTOM):
        return custom_label(model, key.removeprefix(CUSTOM))
    field = field_of(model, key)
    return str(
        field.verbose_name if field else declared("HISTORY_FIELDS").get(key) or in_words(key)
    ).capitalize()


def custom_label(model: type[models.Model], key: str) -> str:
    """What a custom field is called now, also one that was deleted."""
    found = CustomField.objects.filter(kind=model._meta.label_lower, key=key).values_list("label", flat=True)
    return found.first() or in_words(key)


def field_of(model: type[models.Model], key: str) -> "models.Field[Any, Any] | None":
    try:
        field = model._meta.get_field(key)
    except FieldDoesNotExist:
        return None
    return field if isinstance(field, models.Field) else None


def shown(model: type[models.Model], key: str, value: Any, names: Names) -> str:
    if value in (None, ""):
        return ""
    if key in named_models() and isinstance(value, int):
        return names.get(key, {}).get(value, str(value))
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    field = field_of(model, key)
    choices = dict(getattr(field, "flatchoices", ()))
    if isinstance(value, str) and value in choices:
        return str(choices[value])
    if isinstance(value, str) and isinstance(field, models.DateField | models.DecimalField):
        return shown_typed(field, value)
    return ", ".join(map(str, value)) if isinstance(value, list) else plain(str(value))[:LONGEST]


def shown_typed(field: "models.Field[Any, Any]", text: str) -> str:
    """Days and amounts as people read them; entries keep them as text."""
    value = field.to_python(text)
    if isinstance(value, Decimal):
        return number(value, 2)
    return long_moment(value) if isinstance(value, datetime) else long_day(value)


@cache
def named_models() -> dict[str, type[models.Model]]:
    """Fields that hold the key of something whose name everybody may know."""
    return {
        "owner": User,
        "team": Team,
        **{key: apps.get_model(label) for key, label in settings.HISTORY_NAMES.items()},
    }


def known_names(entries: list[AuditEntry]) -> Names:
    """Names of the owners, teams and stages the entries speak of, in one query each."""
    told = [values for entry in entries for values in (entry.before, entry.after)]
    return {
        key: dict(model._default_manager.filter(pk__in=keys).values_list("pk", "name"))
        for key, model in named_models().items()
        if (keys := {values[key] for values in told if values.get(key)})
    }
