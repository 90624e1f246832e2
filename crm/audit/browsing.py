"""The trail in words, for a reader: what they may not see of a record they do not read here either."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.module_loading import import_string

from crm.access.grants import grants
from crm.access.scopes import Scope
from crm.access.services import allowed, field_level
from crm.audit.models import AuditEntry
from crm.records.history import SILENT, action_label, changes, declared, known_names
from crm.search.sources import sources
from crm.staff.models import User


@dataclass(frozen=True)
class AuditLink:
    """Where a kind of record that no search finds is read: a URL name, and who may go there."""

    object_type: str
    url: str
    permission: str | None


@dataclass(frozen=True)
class Told:
    """An entry as the page shows it. Of a record that the reader may not see only that something was done is told."""

    entry: AuditEntry
    label: str
    kind: str
    name: str
    url: str
    changes: list[dict[str, str]]
    is_hidden: bool


def told(user: User, entries: list[AuditEntry]) -> list[Told]:
    names = known_names(entries)
    seen = seen_records(user, entries)
    return [tell(user, entry, names, seen) for entry in entries]


def tell(user: User, entry: AuditEntry, names: Any, seen: dict[str, dict[int, str]]) -> Told:
    model = model_of(entry.object_type)
    found = seen.get(entry.object_type, {}).get(entry.object_id)
    is_hidden = found is None and not sees_all(user, model)
    return Told(
        entry=entry,
        label=action_label(entry.action),
        kind=str(model._meta.verbose_name).capitalize() if model else entry.object_type,
        name=found or f"#{entry.object_id}",
        url=address(user, entry) if found is not None else "",
        changes=[]
        if is_hidden or model is None
        else changes(model, entry, names, hidden_fields(user, model)),
        is_hidden=is_hidden,
    )


def model_of(object_type: str) -> type[models.Model] | None:
    """None for a kind whose app is no longer installed."""
    try:
        return apps.get_model(object_type)
    except LookupError:
        return None


def access_object(model: type[models.Model]) -> str | None:
    """The object of access that decides on rows of a model; a child is judged by its parent."""
    parent = getattr(model, "access_parent", None)
    if parent is not None:
        return access_object(model._meta.get_field(parent).related_model)  # type: ignore[arg-type]
    return getattr(model, "access_object", None)


def sees_all(user: User, model: type[models.Model] | None) -> bool:
    """Whether nothing of a kind is kept from the reader: also of rows that are gone by now."""
    if model is None:
        return False
    name = access_object(model)
    return name is None or grants(user).scope(name, "view") is Scope.ALL


def hidden_fields(user: User, model: type[models.Model]) -> set[str]:
    named = getattr(model, "field_groups", {})
    groups: dict[str, str] = named if isinstance(named, dict) else {}  # a role has a field of this name
    return SILENT | {key for key, group in groups.items() if field_level(user, group) == "hidden"}


def seen_records(user: User, entries: Iterable[AuditEntry]) -> dict[str, dict[int, str]]:
    """The names of the records that still exist and that the reader may see: one query for each kind."""
    wanted: dict[str, set[int]] = defaultdict(set)
    for entry in entries:
        wanted[entry.object_type].add(entry.object_id)
    return {kind: names_of(user, kind, pks) for kind, pks in wanted.items()}


def names_of(user: User, kind: str, pks: set[int]) -> dict[int, str]:
    model = model_of(kind)
    if model is None:
        return {}
    rows: Any = model._default_manager.filter(pk__in=pks)
    if access_object(model) is not None:
        rows = rows.visible_to(user)
    return {row.pk: str(row)[:80] for row in rows}


@cache
def links() -> dict[str, AuditLink]:
    return {link.object_type: link for path in settings.AUDIT_LINKS for link in import_string(path)}


def address(user: User, entry: AuditEntry) -> str:
    source = sources().get(entry.object_type)
    if source is not None and source.listed:
        return source.url(entry.object_id)
    link = links().get(entry.object_type)
    if link is None or (link.permission is not None and not allowed(user, link.permission)):
        return ""
    return reverse(link.url, args=[entry.object_id])


def kind_choices() -> list[tuple[str, str]]:
    """The kinds of which something is told, as far as their apps name their actions."""
    kinds = {action.rpartition(".")[0] for action in declared("HISTORY_LABELS")}
    found = {kind: model_of(kind) for kind in kinds}
    named = [
        (kind, str(model._meta.verbose_name).capitalize())
        for kind, model in found.items()
        if model is not None
    ]
    return sorted(named, key=lambda choice: choice[1])


def action_choices() -> list[tuple[str, str]]:
    """Every action that an app names, with its kind before it."""
    kinds = dict(kind_choices())
    named = [
        (action, f"{kinds[action.rpartition('.')[0]]}: {label}")
        for action, label in declared("HISTORY_LABELS").items()
        if action.rpartition(".")[0] in kinds
    ]
    return sorted(named, key=lambda choice: choice[1])
