"""A list as a file: all its records in its columns, as CSV that no spreadsheet takes for a formula."""

import csv
import io
from collections.abc import Iterator
from typing import IO, Any

from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext as _

from crm.access.services import require
from crm.bulk.models import BulkRun
from crm.fields.declaration import Field
from crm.fields.types import DATED, NUMERIC
from crm.imports.defusing import defused
from crm.jobs.files import job_file_create
from crm.jobs.models import Job
from crm.jobs.services import enqueue
from crm.lists.columns import columns_of
from crm.lists.reading import Row, read
from crm.lists.state import ListState, read_state
from crm.notifications.mentions import plain as without_tokens
from crm.records.kinds import Kind, kinds
from crm.staff.models import User

BATCH = 2_000


def export_ask(*, actor: User, kind: Kind, query: str, ids: list[int] | None = None) -> Job:
    """Let a job write the file of a list (or of the selected of its rows); only its actor may fetch it."""
    require(actor, kind.permission("export"))
    selection = {"query": query, **({"ids": ids} if ids else {})}
    run = BulkRun.objects.create(
        kind=kind.key, action="export", selection=selection, words=_("Export"), actor=actor
    )
    return enqueue("bulk.export_list", run.pk, actor=actor)


def export_list(job: Job) -> dict[str, Any]:
    """Reads as the person who asked, with the rights they have now."""
    run = BulkRun.objects.select_related("actor").get(pk=job.key or 0)
    actor, kind = run.actor, kinds()[run.kind]
    require(actor, kind.permission("export"))
    state = read_state(kind, actor, QueryDict(run.selection["query"]))
    if state.rule_error:
        raise ValidationError(state.rule_error)
    written = {"rows": 0}

    def write(file: IO[bytes]) -> None:
        written["rows"] = write_rows(job, state, run.selection.get("ids"), file)

    job_file_create(job, f"{kind.slug.rpartition('-')[2]}s.csv", write)
    return written


def write_rows(job: Job, state: ListState, ids: list[int] | None, file: IO[bytes]) -> int:
    fields = [column.field for column in columns_of(state.kind, state.fields, state.chosen)]
    text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="")
    writer = csv.writer(text)
    writer.writerow(["id", *(heading(field) for field in headings(fields))])
    count = 0
    for rows in batches(state, ids, fields):
        for row in rows:
            writer.writerow([row["id"], *(defused(cell) for cell in cells(fields, row))])
        count += len(rows)
        job.report(count)
    text.flush()
    text.detach()
    return count


def batches(state: ListState, ids: list[int] | None, fields: list[Field]) -> Iterator[list[Row]]:
    """The rows in pages by key, so that no transaction stays open while a long file is written."""
    visible = state.rows().visible_to(state.user).visible_to(state.user, "export").order_by("pk")
    if ids:
        visible = visible.filter(pk__in=ids)
    last = 0
    while pks := list(visible.filter(pk__gt=last).values_list("pk", flat=True)[:BATCH]):
        rows = state.kind.rows().filter(pk__in=pks)
        yield sorted(read(state.kind, state.user, fields, rows), key=lambda row: row["id"])
        last = pks[-1]


def headings(fields: list[Field]) -> list[tuple[Field, str]]:
    """The columns of the file: amounts in a currency of their own have it beside them."""
    found: list[tuple[Field, str]] = []
    for field in fields:
        found.append((field, ""))
        if field.currency_path:
            found.append((field, "currency"))
    return found


def heading(column: tuple[Field, str]) -> str:
    field, part = column
    return f"{field.title} ({part})" if part else field.title


def cells(fields: list[Field], row: Row) -> Iterator[str]:
    for field, part in headings(fields):
        value = row.get(f"{field.key}.currency") if part else row.get(field.key)
        yield plain(field, value)


def plain(field: Field, value: Any) -> str:
    """As a program reads it: numbers without separators, days as ISO, choices in words."""
    if value is None or value == "":
        return ""
    if field.type in DATED:
        return str(value.isoformat() if hasattr(value, "isoformat") else value)
    if field.type in NUMERIC or isinstance(value, bool):
        return str(value)
    if isinstance(value, list):
        return ", ".join(map(str, value))
    if field.choices and not field.is_keyed:
        return str(dict(field.options()).get(value, value))
    return without_tokens(str(value))
