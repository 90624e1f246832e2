"""Import orders, and the customers who placed them, from a CSV file."""

import re
import resource
import sys
import time
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import CommandParser
from django.db import DatabaseError

from crm.commands import JsonCommand
from crm.imports import services
from crm.imports.choices import RunState
from crm.imports.guessing import exact_mapping
from crm.imports.models import ImportRun
from crm.imports.reading import UnreadableFile, sample
from crm.imports.services.engine import take_file
from crm.imports.services.run import check_source, fingerprint
from crm.staff.selectors import root_team
from sales.order_import.fields import FIELDS, NAMES

PROBLEMS_SHOWN = 50
PROBLEMS_IN_JSON = 1_000


class Command(JsonCommand):
    help = (
        "Import orders and customers from CSV: customer_id, ordered_on or ordered_at, amount; optional order_id, "
        "quantity, product, currency, status, name, email. Bad rows are told by row and column and nothing is "
        "written, unless --skip-bad takes the good ones. The same file twice changes nothing; a broken import is "
        "taken up again by the same command."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", metavar="FILE", type=Path)
        parser.add_argument(
            "--source", required=True, metavar="NAME", help="the system whose ids the file holds"
        )
        parser.add_argument("--map", action="append", default=[], metavar="COLUMN=FIELD")
        parser.add_argument("--dry-run", action="store_true", help="only tell what would happen")
        parser.add_argument(
            "--skip-bad", action="store_true", help="import the good rows, leave out the bad ones"
        )
        parser.add_argument("--json", action="store_true", help="one JSON document on standard output")

    def handle(self, *args: Any, **options: Any) -> None:
        started = time.monotonic()
        try:
            run, steps = self.import_file(options)
        except (ValidationError, OSError, DatabaseError) as fault:
            message = "; ".join(fault.messages) if isinstance(fault, ValidationError) else str(fault)
            self.refuse(message, as_json=options["json"], state="failed", problems=[])
        document = describe(run, steps, dry_run=options["dry_run"], seconds=time.monotonic() - started)
        wrote = run.state == RunState.DONE
        good = wrote or (options["dry_run"] and run.total and (not run.bad or options["skip_bad"]))
        if not wrote:
            services.run_delete(run=run)
        self.tell(document, as_json=options["json"])
        if not good:
            sys.exit(1)

    def import_file(self, options: dict[str, Any]) -> tuple[ImportRun, dict[str, float]]:
        path: Path = options["file"].resolve()
        check_source(options["source"])
        check_path(path)
        run = ImportRun(
            kind="order", source=options["source"].strip(), filename=path.name[:200], path=str(path)
        )
        run.skip_bad, run.mapping = options["skip_bad"], mapping_of(path, options["map"])
        run.fingerprint = fingerprint(path, run)
        steps: dict[str, float] = {}
        begun = time.monotonic()
        take_file(run)
        broken = None if options["dry_run"] else broken_run(run)
        if broken is not None:
            run = broken
            self.stderr.write(f"Taking up a broken import of this file after row {run.cursor}.")
        else:
            run.team = root_team()
            run.state = RunState.CHECKING
            run.save()
            services.check(run, forecast=options["dry_run"], keep_bad_rows=options["skip_bad"])
        steps["check"] = time.monotonic() - begun
        if broken or (not options["dry_run"] and run.total and (not run.bad or run.skip_bad)):
            begin(run)
            services.advance(run, report=self.progress)
            steps["import"] = time.monotonic() - begun - steps["check"]
        return run, steps

    def progress(self, done: int, total: int) -> None:
        if sys.stderr.isatty():
            self.stderr.write(f"\r{done:,} of {total:,} rows", ending="" if done < total else "\n")

    def tell(self, document: dict[str, Any], *, as_json: bool) -> None:
        if as_json:
            self.print_document(document)
            return
        for problem in document["problems"][:PROBLEMS_SHOWN]:
            place = f"row {problem['row']}" + (f", column {problem['column']}" if problem["column"] else "")
            value = f" ({problem['value']!r})" if problem["value"] else ""
            self.stderr.write(f"{place}: {problem['message']}{value}")
        if document["problems_count"] > PROBLEMS_SHOWN:
            self.stderr.write(f"... and {document['problems_count'] - PROBLEMS_SHOWN:,} more problems.")
        self.stdout.write(summary(document))


def mapping_of(path: Path, pairs: list[str]) -> dict[str, str]:
    """Columns named like fields, changed by --map. An unreadable header is told by the check."""
    given: dict[str, str] = {}
    for pair in pairs:
        column, equals, field = pair.rpartition("=")
        if not equals or field.strip() not in NAMES:
            raise ValidationError(f"--map {pair}: write COLUMN=FIELD with one of {', '.join(NAMES)}.")
        given[column.strip()] = field.strip()
    if len(set(given.values())) < len(given):
        raise ValidationError("--map names the same field twice.")
    try:
        columns, _rows = sample(path, 0)
    except UnreadableFile:
        return given
    found = exact_mapping((column for column in columns if column not in given), FIELDS)
    found = {column: field for column, field in found.items() if field not in given.values()}
    if "ordered_at" in {*found.values(), *given.values()}:
        found = {column: field for column, field in found.items() if field != "ordered_on"}
    return found | given


def check_path(path: Path) -> None:
    longest = ImportRun._meta.get_field("path").max_length or 0
    if len(str(path)) > longest:
        raise ValidationError(f"The path of the file is longer than {longest} characters.")
    try:
        str(path).encode()
    except UnicodeEncodeError as fault:
        raise ValidationError("The path of the file is no text in UTF-8. Rename the file.") from fault


def broken_run(run: ImportRun) -> ImportRun | None:
    """An import of the very same file that was broken off, if there is one; what only got to its check is forgotten."""
    for other in ImportRun.objects.filter(fingerprint=run.fingerprint, path=run.path):
        if other.state == RunState.RUNNING:
            return other
        if other.state in (RunState.CHECKING, RunState.CHECKED, RunState.FAILED):
            services.run_delete(run=other)
    return None


def begin(run: ImportRun) -> None:
    run.state = RunState.RUNNING
    run.save(update_fields=["state"])


def describe(run: ImportRun, steps: dict[str, float], *, dry_run: bool, seconds: float) -> dict[str, Any]:
    problems = run.problems.all()[:PROBLEMS_IN_JSON].values("row", "column", "value", "message")
    return {
        "file": run.filename,
        "source": run.source,
        "dry_run": dry_run,
        "state": str(run.state),
        "import": run.pk if run.state == RunState.DONE else None,
        "mapping": run.mapping,
        "rows": run.rows,
        "bad_rows": run.bad,
        "orders": run.total,
        "created": run.new if dry_run else run.created,
        "updated": run.updated,
        "unchanged": run.unchanged,
        "customers_created": run.new_customers if dry_run else run.created_customers,
        "problems_count": run.problems_count,
        "problems": list(problems),
        "seconds": {name: round(value, 3) for name, value in steps.items()} | {"all": round(seconds, 3)},
        "peak_memory_mb": peak_memory_mb(),
    }


def peak_memory_mb() -> float:
    """The most memory this process has held; where Linux does not tell it, that of whoever started it counts, too."""
    status = Path("/proc/self/status")
    told = re.search(r"VmHWM:\s+(\d+) kB", status.read_text()) if status.exists() else None
    kilobytes = int(told[1]) if told else resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return round(kilobytes / 1024, 1)


def summary(document: dict[str, Any]) -> str:
    if document["dry_run"]:
        return (
            f"{document['rows']:,} rows, {document['bad_rows']:,} of them bad. Would create {document['created']:,} of "
            f"{document['orders']:,} orders and {document['customers_created']:,} customers. Nothing was written."
        )
    if document["state"] != RunState.DONE:
        return f"{document['bad_rows'] or 'Some'} rows are bad. Nothing was written."
    return (
        f"{document['rows']:,} rows: {document['created']:,} orders created, {document['updated']:,} changed, "
        f"{document['unchanged']:,} unchanged, {document['customers_created']:,} customers created"
        + (f", {document['bad_rows']:,} bad rows left out." if document["bad_rows"] else ".")
    )
