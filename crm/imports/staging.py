"""The run's own tables: first raw text as it stands in the file, by COPY.

They are unlogged: after a crash of the database they are empty, and are built again from the file.
"""

import csv
import io
from collections.abc import Iterator

from django.db import connection
from psycopg import sql

from crm.imports.models import ImportRun
from crm.imports.reading import CsvFile

BUFFER = 1 << 20


class Tables:
    """Names of the tables of a run, ready to be put into SQL."""

    def __init__(self, run: ImportRun) -> None:
        self.raw = sql.Identifier(f"import_{run.pk}_raw")
        self.stage = sql.Identifier(f"import_{run.pk}_stage")
        self.people = sql.Identifier(f"import_{run.pk}_people")
        self.index = sql.Identifier(f"import_{run.pk}_place")

    def drop(self) -> None:
        with connection.cursor() as cursor:
            for name in (self.raw, self.stage, self.people):
                cursor.execute(sql.SQL("DROP TABLE IF EXISTS {}").format(name))


def are_staged(run: ImportRun) -> bool:
    """Whether the checked rows still lie there: an unlogged table is empty after a crash of the database."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass(%s) IS NOT NULL", [f"import_{run.pk}_stage"])
        if not cursor.fetchone()[0]:
            return False
        cursor.execute(sql.SQL("SELECT EXISTS (SELECT FROM {})").format(Tables(run).stage))
        return bool(cursor.fetchone()[0]) or run.rows == run.bad


def copy_raw(run: ImportRun, file: CsvFile) -> int:
    """COPY the mapped cells of every row into a new raw table; return the number of rows. Raises UnreadableFile."""
    tables = Tables(run)
    places = {
        field: file.columns.index(column) for column, field in run.mapping.items() if column in file.columns
    }
    names = [sql.SQL("{} text").format(sql.Identifier(field)) for field in places]
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL("DROP TABLE IF EXISTS {}").format(tables.raw))
        cursor.execute(
            sql.SQL("CREATE UNLOGGED TABLE {} (row bigint, cells integer, {})").format(
                tables.raw, sql.SQL(", ").join(names)
            )
        )
        statement = sql.SQL("COPY {} FROM STDIN WITH (FORMAT csv)").format(tables.raw)
        rows = 0
        with cursor.copy(statement) as copy:
            for so_far, block in blocks(file, list(places.values())):
                copy.write(block)
                rows = so_far
    return rows


def blocks(file: CsvFile, places: list[int]) -> Iterator[tuple[int, str]]:
    """The rows as CSV text for COPY, a megabyte at a time, each with the number of rows so far."""
    width, count = len(file.columns), 0
    buffer = io.StringIO()
    write = csv.writer(buffer).writerow
    for row, cells in file:
        count += 1
        given = len(cells)
        if given < width:
            cells.extend([""] * (width - given))
        write((row, given, *[cells[place] for place in places]))
        if not count % 4096 and buffer.tell() > BUFFER:
            yield count, buffer.getvalue()
            buffer.seek(0)
            buffer.truncate()
    yield count, buffer.getvalue()
