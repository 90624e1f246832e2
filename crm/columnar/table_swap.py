"""Replacing all rows of a computed table at once, in the caller's transaction.

A small table is emptied and filled: readers see the old rows until commit. A large one is built beside the old one,
indexed, and takes its place; only that last step holds a lock, which is asked for with a short timeout so that a long
reader delays us and not everybody behind us. A worker killed at any point leaves what was there before.
"""

import time
from collections.abc import Sequence

from django.db import OperationalError, connection, models, transaction

from crm.columnar.binary_copy import Column, write_rows

SWAP_ABOVE = 50_000
LOCK_MILLISECONDS = 400
LOCK_TRIES = 60
#: A sample of 9,000 rows is enough for groups and quantiles of a computed table.
STATISTICS_TARGET = 30


class TableBusy(Exception):
    """Long readers held the table the whole time; the old rows stay."""


def replace_rows(
    model: type[models.Model], columns: Sequence[Column], rows: int, *, swap_above: int = SWAP_ABOVE
) -> None:
    table = model._meta.db_table
    if rows <= swap_above:
        run(f'DELETE FROM "{table}"')  # noqa: S608
        write_rows(table, columns, rows)
        return
    fresh = f"{table}_fresh"
    run(f'CREATE TABLE "{fresh}" (LIKE "{table}" INCLUDING ALL EXCLUDING INDEXES)')
    write_rows(fresh, columns, rows, freeze=True)
    renames = build_indexes(table, fresh)
    run(f"SET LOCAL default_statistics_target = {STATISTICS_TARGET}")
    run(f'ANALYZE "{fresh}"')
    exchange(table, fresh, renames)


def build_indexes(table: str, fresh: str) -> list[tuple[str, str]]:
    """The old table's indexes and primary key on the fresh one; (fresh name, name to be) of each."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL maintenance_work_mem = '256MB'")
        cursor.execute(
            """SELECT c.relname, pg_get_indexdef(i.indexrelid), k.conname, pg_get_constraintdef(k.oid)
               FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
               LEFT JOIN pg_constraint k ON k.conindid = i.indexrelid AND k.contype IN ('p', 'u')
               WHERE i.indrelid = %s::regclass ORDER BY c.relname""",
            [f'"{table}"'],
        )
        found = cursor.fetchall()
    renames = []
    for number, (name, definition, constraint, constraint_definition) in enumerate(found):
        fresh_name = f"{fresh}_{number}"
        if constraint is None:
            _head, _on, tail = definition.partition(" USING ")
            run(f'CREATE INDEX "{fresh_name}" ON "{fresh}" USING {tail}')
        else:
            run(f'ALTER TABLE "{fresh}" ADD CONSTRAINT "{fresh_name}" {constraint_definition}')
        renames.append((fresh_name, name))
    return renames


def exchange(table: str, fresh: str, renames: list[tuple[str, str]]) -> None:
    """The fresh table takes the place and the names of the old one."""
    for attempt in range(LOCK_TRIES):
        try:
            with transaction.atomic():
                run(f"SET LOCAL lock_timeout = '{LOCK_MILLISECONDS}ms'")
                run(f'LOCK TABLE "{table}" IN ACCESS EXCLUSIVE MODE')
            break
        except OperationalError:  # lock_timeout
            time.sleep(min(0.1 * (attempt + 1), 1.0))
    else:
        raise TableBusy(table)
    run(f'DROP TABLE "{table}"')
    run(f'ALTER TABLE "{fresh}" RENAME TO "{table}"')
    for fresh_name, name in renames:
        run(f'ALTER INDEX "{fresh_name}" RENAME TO "{name}"')


def merge_rows(model: type[models.Model], columns: Sequence[Column], rows: int) -> None:
    """Insert or overwrite the rows by primary key."""
    table, key = model._meta.db_table, model._meta.pk
    if key is None:
        raise TypeError(f"{model.__name__} has no primary key.")
    names = [f'"{column.name}"' for column in columns]
    changes = ", ".join(f"{name} = excluded.{name}" for name in names if name != f'"{key.column}"')
    run("DROP TABLE IF EXISTS pg_temp.merge_rows")
    run(f'CREATE TEMPORARY TABLE merge_rows (LIKE "{table}") ON COMMIT DROP')
    write_rows("merge_rows", columns, rows)
    run(
        f'INSERT INTO "{table}" ({", ".join(names)}) SELECT {", ".join(names)} FROM merge_rows '  # noqa: S608
        f'ON CONFLICT ("{key.column}") DO UPDATE SET {changes}'
    )
    run("DROP TABLE pg_temp.merge_rows")


def run(statement: str) -> None:
    """Statements are built from names of our own models only."""
    with connection.cursor() as cursor:
        cursor.execute(statement)
