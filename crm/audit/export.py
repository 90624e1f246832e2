"""The trail as a file: what the filters leave, as its reader may know it, as CSV that no spreadsheet runs."""

import csv
import io
from collections.abc import Iterator
from typing import IO, Any
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _

from crm.access.services import require
from crm.audit.browsing import Told, told
from crm.audit.forms import AuditFilterForm
from crm.audit.models import AuditEntry
from crm.audit.services import record
from crm.imports.defusing import defused
from crm.jobs.files import job_file_create
from crm.jobs.models import Job
from crm.jobs.services import enqueue
from crm.lists.cursor import Cursor
from crm.lists.keyset import beyond
from crm.staff.models import User

BATCH = 1_000


@transaction.atomic
def trail_export(*, actor: User, query: str) -> Job:
    """Let a job write what was told until now; only its actor may fetch it. Raises ValidationError for bad filters."""
    require(actor, "audit.export_entry")
    form = AuditFilterForm(QueryDict(query))
    if not form.is_valid():
        raise ValidationError([text for texts in form.errors.values() for text in texts])
    entry = record(actor=actor, action="staff.user.export_trail", obj=actor, after={"filters": form.words()})
    payload = {"query": query, "zone": timezone.get_current_timezone_name()}
    return enqueue("audit.export_trail", entry.pk, actor=actor, payload=payload)


def export_trail(job: Job) -> dict[str, Any]:
    """Reads as the person who asked, with the rights they have now, in the zone they asked in."""
    if job.actor is None:
        return {"rows": 0}
    actor = job.actor
    require(actor, "audit.view_entry")
    require(actor, "audit.export_entry")
    written = {"rows": 0}

    def write(file: IO[bytes]) -> None:
        written["rows"] = write_rows(job, actor, file)

    with timezone.override(ZoneInfo(job.payload["zone"])):
        job_file_create(job, "audit-trail.csv", write)
    return written


def write_rows(job: Job, actor: User, file: IO[bytes]) -> int:
    text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="")
    writer, count = csv.writer(text), 0
    writer.writerow(headings())
    for entries in batches(job):
        for row in told(actor, entries):
            writer.writerow([defused(cell) for cell in cells(row)])
        count += len(entries)
        job.report(count)
    text.flush()
    text.detach()
    return count


def batches(job: Job) -> Iterator[list[AuditEntry]]:
    """Newest first as on the page; what was written after the asking is left out."""
    rows = AuditFilterForm(QueryDict(job.payload["query"])).rows().filter(pk__lt=job.key)
    rows = rows.order_by("-at", "-pk")
    found = list(rows[:BATCH])
    while found:
        yield found
        found = list(rows.filter(beyond("at", Cursor(found[-1].at, found[-1].pk), descending=True))[:BATCH])


def headings() -> list[str]:
    return [
        _("Number"),
        _("When"),
        _("Person"),
        _("Action"),
        _("Kind of record"),
        _("Record number"),
        _("Record"),
        _("Changes"),
        _("IP address"),
        _("Key of the action"),
    ]


def cells(row: Told) -> list[str]:
    """Of a record that the reader may not see only its kind is told."""
    entry = row.entry
    return [
        str(entry.pk),
        timezone.localtime(entry.at).isoformat(timespec="seconds"),
        entry.actor.name if entry.actor else _("The program"),
        row.label,
        row.kind,
        "" if row.is_hidden else str(entry.object_id),
        "" if row.is_hidden else row.name,
        "\n".join(change(item) for item in row.changes),
        entry.ip or "",
        entry.action,
    ]


def change(item: dict[str, str]) -> str:
    before = f"{item['before']} → " if item["before"] else ""
    return f"{item['label']}: {before}{item['after'] or '–'}"
