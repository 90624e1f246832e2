"""The dry run: every row is read, judged and counted before anything is written."""

import csv
import logging
from collections.abc import Iterator
from pathlib import Path

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection, transaction
from django.utils.crypto import get_random_string
from django.utils.translation import gettext as _
from psycopg import sql

from crm.imports.choices import RunState
from crm.imports.defusing import defused
from crm.imports.kinds import Problem, kind_of
from crm.imports.models import ImportProblem, ImportRun
from crm.imports.reading import CsvFile, UnreadableFile
from crm.imports.staging import Tables, copy_raw

log = logging.getLogger(__name__)


def path_of(run: ImportRun) -> Path:
    """Where the file lies: uploaded ones in MEDIA_ROOT, those of the command where they were."""
    return Path(run.path or run.file.path)


def check(run: ImportRun, *, forecast: bool = True, keep_bad_rows: bool = True) -> ImportRun:
    """Stage and judge the file. Afterwards the run is CHECKED, or FAILED with its problems."""
    tables = Tables(run)
    run.problems.all().delete()
    try:
        with transaction.atomic():
            stage(run)
            outcome = kind_of(run).check(run, forecast=forecast)
            if outcome.bad and keep_bad_rows:
                write_bad_rows(run, outcome.problems)
            drop_raw(tables)
    except UnreadableFile as fault:
        tables.drop()
        return failed(run, Problem(fault.row, fault.column, "", fault.message))
    run.bad, run.total, run.problems_count = outcome.bad, outcome.total, outcome.problems_count
    run.new, run.new_customers = outcome.new, outcome.new_customers
    run.state = RunState.FAILED if outcome.bad else RunState.CHECKED
    run.cursor = 0
    keep_problems(run, outcome.problems)
    run.save()
    return run


def stage(run: ImportRun) -> None:
    """Build the run's tables from its file; the same file always gives the same tables. Raises UnreadableFile."""
    kind = kind_of(run)
    with CsvFile(path_of(run)) as file:
        run.columns = file.columns
        missing = [column for column in run.mapping if column not in file.columns]
        if missing:
            raise UnreadableFile(
                1, missing[0], _("The file has no column “%(column)s”.") % {"column": missing[0]}
            )
        problem = kind.mapping_problem(set(run.mapping.values()))
        if problem:
            raise UnreadableFile(1, "", problem)
        run.rows = copy_raw(run, file)
        run.end = file.row
    if not run.rows:
        raise UnreadableFile(1, "", _("The file has a header and no rows."))
    kind.prepare(run)


def drop_raw(tables: Tables) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL("DROP TABLE IF EXISTS {}").format(tables.raw))


def failed(run: ImportRun, problem: Problem) -> ImportRun:
    """The file cannot be read at all."""
    run.rows = run.bad = run.total = run.new = run.new_customers = 0
    run.problems_count = 1
    run.state = RunState.FAILED
    keep_problems(run, [problem])
    run.save()
    return run


def keep_problems(run: ImportRun, problems: list[Problem]) -> None:
    ImportProblem.objects.bulk_create(
        (
            ImportProblem(
                run=run,
                row=p.row,
                column=p.column[:200],
                value=p.value.replace("\0", "")[:200],
                message=p.message[:300],
            )
            for p in problems
        ),
        batch_size=2_000,
    )


def write_bad_rows(run: ImportRun, problems: list[Problem]) -> None:
    """Keep the bad rows as a CSV file of their own, each with what is wrong, ready to be mended and imported."""
    told: dict[int, list[str]] = {}
    for problem in problems:
        told.setdefault(problem.row, []).append(
            f"{problem.column}: {problem.message}" if problem.column else problem.message
        )
    name = default_storage.save(f"imports/{get_random_string(32)}.csv", ContentFile(b""))
    path = default_storage.path(name)
    with CsvFile(path_of(run)) as file, open(path, "w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        writer.writerow([*file.columns, _("problem")])
        bad = bad_row_numbers(run)
        wanted = next(bad, None)
        for row, cells in file:
            if row == wanted:
                writer.writerow([defused(cell) for cell in cells] + ["; ".join(told.get(row, []))])
                wanted = next(bad, None)
    run.bad_rows = name


def bad_row_numbers(run: ImportRun) -> Iterator[int]:
    """In the order of the file, a few at a time."""
    query = sql.SQL("SELECT row FROM {} WHERE NOT ok AND row > %s ORDER BY row LIMIT 10000").format(
        Tables(run).stage
    )
    last = 0
    while True:
        with connection.cursor() as cursor:
            cursor.execute(query, [last])
            rows = [row for (row,) in cursor.fetchall()]
        if not rows:
            return
        yield from rows
        last = rows[-1]
