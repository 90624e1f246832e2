"""What a database holds, in two numbers per table: its rows, and a sum of their hashes that ignores their order."""

from dataclasses import asdict, dataclass

from psycopg import sql

from crm.backup.server import Connection

#: settings that decide how a value is written as text
SESSION = "SET TimeZone = 'UTC'; SET DateStyle = 'ISO, YMD'; SET IntervalStyle = 'postgres'; SET extra_float_digits = 1"
#: data that a restore does without is unlogged: the cache
TABLES = """
SELECT relname FROM pg_class
WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND relpersistence = 'p' ORDER BY relname
"""
ROWS = "SELECT count(*), coalesce(sum(hashtextextended(t::text, 0)), 0)::text FROM public.{} t"


@dataclass(frozen=True)
class TableMark:
    rows: int
    hash: str


Fingerprint = dict[str, TableMark]


def fingerprint(session: Connection) -> Fingerprint:
    session.execute(SESSION)
    names = [name for (name,) in session.execute(TABLES).fetchall()]
    return {name: table_mark(session, name) for name in names}


def table_mark(session: Connection, name: str) -> TableMark:
    row = session.execute(sql.SQL(ROWS).format(sql.Identifier(name))).fetchone()
    rows, total = row or (0, "0")
    return TableMark(int(rows), str(total))


def differences(wanted: Fingerprint, found: Fingerprint) -> list[str]:
    """Where the two differ, one plain sentence per table."""
    told = []
    for name in sorted({*wanted, *found}):
        one, other = wanted.get(name), found.get(name)
        if one is None or other is None:
            told.append(
                f"Table {name} is only in {'the restored database' if one is None else 'the manifest'}."
            )
        elif one.rows != other.rows:
            told.append(f"Table {name} holds {other.rows:,} rows instead of {one.rows:,}.")
        elif one.hash != other.hash:
            told.append(f"Table {name} holds other values than were backed up.")
    return told


def as_json(marks: Fingerprint) -> dict[str, dict[str, object]]:
    return {name: asdict(mark) for name, mark in marks.items()}
