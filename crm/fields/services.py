"""Adding and changing custom fields."""

import re
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.http import Http404
from django.utils.translation import gettext as _

from crm.access.services import require
from crm.audit.services import record
from crm.fields.models import CustomField
from crm.fields.types import FieldType
from crm.one_at_a_time import wait_for_turn
from crm.records.services import write_changes, write_deletion, write_restoration
from crm.search.folding import fold
from crm.staff.models import User

LONGEST_KEY = 32
MOST_FIELDS = 100
CHOICE_TYPES = (FieldType.CHOICE, FieldType.CHOICES)
#: words that mean something else at the end of a path into JSON
TAKEN = {
    "contains", "contained_by", "has_key", "has_keys", "has_any_keys", "isnull", "exact", "iexact", "in", "gt", "gte",
    "lt", "lte", "startswith", "istartswith", "endswith", "iendswith", "icontains", "regex", "iregex", "range",
    "search", "unaccent", "year", "month", "day", "date", "length", "len",
}  # fmt: skip


@transaction.atomic
def custom_field_create(*, actor: User, kind: str, values: Mapping[str, Any]) -> CustomField:
    """Add a field to a kind of record; its key comes from the label and is never used again. Raises ValidationError."""
    require(actor, "fields.create_field")
    lock(kind)
    there = CustomField.objects.filter(kind=kind)
    if there.filter(deleted_at=None).count() >= MOST_FIELDS:
        raise ValidationError(_("A kind of record may have at most %d fields of its own.") % MOST_FIELDS)
    check_label(kind, values["label"])
    last = there.aggregate(last=Max("position"))["last"] or 0
    field = CustomField(kind=kind, key=free_key(kind, values["label"]), position=last + 1, **values)
    check_choices(field.type, field.choices)
    field.save()
    record(
        actor=actor,
        action="fields.field.create",
        obj=field,
        after={"label": field.label, "type": field.type, "kind": kind},
    )
    return field


@transaction.atomic
def custom_field_edit(
    *, actor: User, field: CustomField, values: Mapping[str, Any], version: int
) -> CustomField:
    """Change all but key and type. Raises StaleRecord, ValidationError."""
    require(actor, "fields.edit_field")
    if "label" in values:
        lock(field.kind)
        check_label(field.kind, values["label"], but=field.pk)
    check_choices(field.type, values.get("choices", field.choices))
    return write_changes(actor=actor, obj=field, values=values, version=version, action="fields.field.edit")


@transaction.atomic
def custom_field_delete(*, actor: User, field: CustomField) -> CustomField:
    """Take the field out of every form and list; the values stay in the records, `custom_field_restore` shows them."""
    require(actor, "fields.delete_field")
    return write_deletion(actor=actor, obj=field, action="fields.field.delete")


@transaction.atomic
def custom_field_restore(*, actor: User, field: CustomField) -> CustomField:
    require(actor, "fields.delete_field")
    lock(field.kind)
    check_label(field.kind, field.label, but=field.pk)
    return write_restoration(actor=actor, obj=field, action="fields.field.restore")


@transaction.atomic
def custom_field_move(*, actor: User, field: CustomField, up: bool) -> None:
    """Change places with the field before or after it."""
    require(actor, "fields.edit_field")
    rows = list(CustomField.objects.select_for_update().filter(kind=field.kind, deleted_at=None))
    index = next((place for place, row in enumerate(rows) if row.pk == field.pk), None)
    if index is None:
        raise Http404
    other = index - 1 if up else index + 1
    if 0 <= other < len(rows):
        rows[index], rows[other] = rows[other], rows[index]
    for place, row in enumerate(rows):
        if row.position != place:
            CustomField.objects.filter(pk=row.pk).update(position=place)


def lock(kind: str) -> None:
    """Names and keys are given one after the other."""
    wait_for_turn(f"custom fields:{kind}")


def check_label(kind: str, label: str, but: int = 0) -> None:
    same = CustomField.objects.filter(kind=kind, deleted_at=None, label__iexact=label).exclude(pk=but)
    if same.exists():
        raise ValidationError({"label": _("There is a field with this name already.")})


def check_choices(type_: str, choices: list[list[str]]) -> None:
    if type_ in CHOICE_TYPES and not choices:
        raise ValidationError({"choices": _("Name at least one choice.")})


def free_key(kind: str, label: str) -> str:
    """A key of letters, digits and single underscores that no field of the kind ever had."""
    plain = re.sub(r"[^a-z0-9]+", "_", fold(label)).strip("_")[:LONGEST_KEY].strip("_")
    base = plain if plain and plain[0].isalpha() else f"field_{plain}".strip("_")
    return unused(base, set(CustomField.objects.filter(kind=kind).values_list("key", flat=True)) | TAKEN)


def choices_from(lines: str, before: list[list[str]]) -> list[list[str]]:
    """One choice per line: [[key, label], ...]; a label that was there keeps its key, a new one gets its own."""
    kept = {label: key for key, label in before}
    found: dict[str, str] = {}
    used = set(kept.values())
    for line in lines.splitlines():
        label = " ".join(line.split())[:80]
        if not label or label in found.values():
            continue
        key = kept.get(label) or unused(
            re.sub(r"[^a-z0-9]+", "_", fold(label)).strip("_")[:40] or "choice", used
        )
        used.add(key)
        found[key] = label
    return [[key, label] for key, label in found.items()]


def unused(base: str, used: set[str]) -> str:
    number, key = 1, base
    while key in used:
        number += 1
        key = f"{base}_{number}"
    return key
