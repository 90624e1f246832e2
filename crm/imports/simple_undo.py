"""Taking back what a simple import wrote: records that somebody has worked with since stay, and are told."""

from collections.abc import Callable
from typing import Any

from django.db import models, transaction
from django.db.models import ProtectedError, RestrictedError
from django.utils.translation import gettext as _

from crm.audit.services import record
from crm.imports.models import ImportBatch, ImportRun
from crm.records.services import write_changes
from crm.search.services import index, unindex
from crm.search.sources import sources

#: whether nobody has worked with a record since the import created it
Untouched = Callable[[Any, ImportRun], bool]


def undo_created(
    model: type[models.Model], run: ImportRun, batch: ImportBatch, is_untouched: Untouched
) -> list[str]:
    """Delete the records that a batch created and nobody changed or used since."""
    rows = model._base_manager.select_for_update().filter(pk__in=batch.created_ids).order_by("pk")
    kept = [str(obj) for obj in rows if not (is_untouched(obj, run) and gone(obj, run))]
    return [_("%s stays: it has been changed or used since.") % name for name in kept]


def gone(obj: Any, run: ImportRun) -> bool:
    try:
        with transaction.atomic():
            action = f"{obj._meta.label_lower}.undo_import"
            record(
                actor=run.actor, action=action, obj=obj, before={"name": str(obj)}, after={"import": run.pk}
            )
            if obj._meta.label_lower in sources():
                unindex(obj)
            obj.delete()
    except (ProtectedError, RestrictedError):
        return False
    return True


def undo_edited(model: type[models.Model], run: ImportRun) -> list[str]:
    """Give the records that the import changed their values back, unless somebody changed them since."""
    kept = []
    befores = {row.object_id: row for row in run.befores.all()}
    for obj in model._base_manager.select_for_update().filter(pk__in=befores).order_by("pk"):
        known = befores[obj.pk]
        if obj.version != known.version:  # type: ignore[attr-defined]
            kept.append(_("%s stays as it is: it was changed after the import.") % obj)
            continue
        values = {name: as_written(model, name, value) for name, value in known.before.items()}
        action = f"{model._meta.label_lower}.undo_import"
        write_changes(actor=run.actor, obj=obj, values=values, version=None, action=action)  # type: ignore[type-var]
        if model._meta.label_lower in sources():
            index(obj)
    run.befores.all().delete()
    return kept


def as_written(model: type[models.Model], name: str, value: Any) -> Any:
    """A value that JSON kept as the column holds it; rows by their key."""
    column: Any = model._meta.get_field(name)
    if column.remote_field and name == column.name and value is not None:
        return column.remote_field.model._base_manager.get(pk=value)
    return column.to_python(value)
