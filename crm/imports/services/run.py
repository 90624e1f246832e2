"""What people do with an import: upload, match columns, check, start, cancel, undo."""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.crypto import get_random_string
from django.utils.translation import gettext as _

from crm.access.services import require
from crm.audit.services import record
from crm.imports.choices import CHECKABLE_STATES, RunState
from crm.imports.kinds import kind_of, kinds
from crm.imports.models import ImportRun
from crm.imports.reading import sample
from crm.imports.selectors import has_stopped
from crm.imports.staging import Tables
from crm.imports.workbook import as_csv, is_workbook
from crm.jobs.services import enqueue
from crm.staff.models import User
from crm.staff.selectors import default_team

OWN_SOURCE = "tenure"


def fingerprint(path: Path, run: ImportRun) -> str:
    """Names this file with this mapping: a broken run of it is taken up again instead of begun anew."""
    said = [run.kind, run.source, run.mapping, run.skip_bad, run.meanings]
    digest = hashlib.sha256(json.dumps(said, sort_keys=True).encode())
    with open(path, "rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def check_source(source: str) -> None:
    longest = ImportRun._meta.get_field("source").max_length or 0
    if not source.strip() or not source.isprintable():
        raise ValidationError({"source": _("Name the system the file comes from.")})
    if len(source.strip()) > longest:
        raise ValidationError({"source": _("This is longer than %s characters.") % longest})
    if source.strip().lower() == OWN_SOURCE:
        raise ValidationError(
            {"source": _("“tenure” names the orders written here. Name the system the file comes from.")}
        )


@transaction.atomic
def run_create(*, actor: User, kind: str, source: str, upload: "UploadedFile[Any]") -> ImportRun:
    """Keep an uploaded file under a random name. Raises UnreadableFile when not even its header can be read."""
    require(actor, "imports.create_import")
    check_source(source)
    for permission in kinds()[kind].permissions:
        require(actor, permission)
    content: Any = as_csv(upload) if is_workbook(upload) else upload
    run = ImportRun(kind=kind, source=source.strip(), filename=Path(upload.name or "").name[:200])
    run.actor, run.team = actor, default_team(actor)
    run.file.save(f"{get_random_string(32)}.csv", content, save=False)
    try:
        run.columns, _rows = sample(run.file.path, 1)
    except Exception:
        run.file.delete(save=False)
        raise
    run.save()
    return run


@transaction.atomic
def run_check(*, actor: User, run: ImportRun, mapping: list[tuple[str, str]]) -> ImportRun:
    """Check the file with this mapping (column, field) in the background; nothing is written yet."""
    require(actor, "imports.create_import", run)
    run.refresh_from_db(from_queryset=ImportRun.objects.select_for_update())
    if run.state not in CHECKABLE_STATES and not has_stopped(run):
        raise ValidationError(_("This import was already started."))
    chosen = [(column, field) for column, field in mapping if field]
    fields = [field for _column, field in chosen]
    known = {field.name for field in kind_of(run).fields}
    if len(set(fields)) < len(fields) or not set(fields) <= known:
        raise ValidationError(_("Two columns fill the same field. Choose one of them."))
    problem = kind_of(run).mapping_problem(set(fields))
    run.mapping = dict(chosen)
    if problem:
        raise ValidationError(problem)
    run.state = RunState.CHECKING
    run.save(update_fields=["mapping", "state"])
    enqueue("imports.check_import", run.pk, actor=actor)
    return run


def run_mean(*, actor: User, run: ImportRun, meanings: Mapping[str, Mapping[str, int]]) -> ImportRun:
    """Say what unknown texts of the file mean, by field, beside what was said before; it is checked again."""
    require(actor, "imports.create_import", run)
    told = {
        field: {**run.meanings.get(field, {}), **{fold(text): key for text, key in texts.items()}}
        for field, texts in meanings.items()
    }
    with transaction.atomic():
        ImportRun.objects.filter(pk=run.pk).update(meanings={**run.meanings, **told})
        return run_check(actor=actor, run=run, mapping=list(run.mapping.items()))


def fold(text: str) -> str:
    return " ".join(text.split()).casefold()


@transaction.atomic
def run_start(*, actor: User, run: ImportRun, skip_bad: bool = False) -> ImportRun:
    """Import the good rows; with bad ones only when `skip_bad` says to leave them out. Goes on after a cancel."""
    require(actor, "imports.create_import", run)
    run = ImportRun.objects.select_for_update().get(pk=run.pk)
    if not run.can_start:
        raise ValidationError(_("This import cannot be started: it was not checked or is already at work."))
    if run.bad and not (skip_bad or run.skip_bad):
        raise ValidationError(_("Some rows are bad. Mend the file, or choose to leave them out."))
    run.state, run.skip_bad, run.finished_at = RunState.RUNNING, bool(run.bad), None
    run.save(update_fields=["state", "skip_bad", "finished_at"])
    record(
        actor=actor,
        action="imports.import.start",
        obj=run,
        after={"file": run.filename, "records": run.total},
    )
    enqueue("imports.run_import", run.pk, actor=actor)
    return run


@transaction.atomic
def run_cancel(*, actor: User, run: ImportRun) -> ImportRun:
    """Stop before the next chunk. What is in stays in, until it is undone or the import goes on."""
    require(actor, "imports.create_import", run)
    run = ImportRun.objects.select_for_update().get(pk=run.pk)
    if run.state == RunState.RUNNING:
        run.state = RunState.CANCELLED
        run.save(update_fields=["state"])
        record(actor=actor, action="imports.import.cancel", obj=run, after={"records": run.created})
        if run.created or run.updated:
            kind_of(run).changed(run)
    return run


@transaction.atomic
def run_undo(*, actor: User, run: ImportRun) -> ImportRun:
    """Take everything back that the import wrote, in the background."""
    require(actor, "imports.undo_import", run)
    run = ImportRun.objects.select_for_update().get(pk=run.pk)
    if not run.can_undo:
        raise ValidationError(_("Only a finished or cancelled import can be undone."))
    run.state, run.actor = RunState.UNDOING, actor
    run.save(update_fields=["state", "actor"])
    record(
        actor=actor,
        action="imports.import.undo",
        obj=run,
        before={"created": run.created, "updated": run.updated},
    )
    enqueue("imports.undo_import", run.pk, actor=actor)
    return run


@transaction.atomic
def run_delete(*, run: ImportRun) -> None:
    """Forget a run that wrote nothing: its tables, its file, its row."""
    Tables(run).drop()
    if run.file:
        run.file.delete(save=False)
    if run.bad_rows:
        run.bad_rows.delete(save=False)
    run.delete()
