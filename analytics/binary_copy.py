"""Whole columns between PostgreSQL and NumPy, in binary, without a Python object per row.

Out: one array_agg per column, whose binary form is a fixed record per element. In: COPY ... (FORMAT binary), where
rows of one shape (which cells are null, how long the texts are) are fixed records too; rows are written shape by shape.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeAlias, cast

import numpy as np
import psycopg
from django.db import connection
from numpy.typing import NDArray
from psycopg import sql

Array = NDArray[Any]
Connection: TypeAlias = psycopg.Connection[Any]

FORMATS = {"int2": ">i2", "int4": ">i4", "int8": ">i8", "float8": ">f8", "date": ">i4", "timestamptz": ">i8"}
#: Days are counted from 1970-01-01 as in NumPy; PostgreSQL counts from 2000-01-01.
EPOCH_2000 = (date(2000, 1, 1) - date(1970, 1, 1)).days
SIGNATURE = b"PGCOPY\n\xff\r\n\0" + bytes(8)
TRAILER = b"\xff\xff"
BLOCK_ROWS = 65_536


def raw_connection() -> Connection:
    """psycopg's own connection under Django's, in Django's transaction."""
    connection.ensure_connection()
    return cast(Connection, connection.connection)


def second_connection() -> Connection:
    """Another session of the same database, outside Django's transaction; the caller closes it."""
    known = connection.settings_dict
    return psycopg.connect(
        host=known["HOST"],
        port=known["PORT"],
        dbname=known["NAME"],
        user=known["USER"],
        password=known["PASSWORD"],
        options="-c application_name=tenure-values",
    )


def fetch_arrays(
    query: str,
    types: Sequence[str],
    params: Sequence[Any] = (),
    *,
    via: Connection | None = None,
) -> list[Array]:
    """The single row of `query`, each of whose cells is an array without nulls of the given type, as NumPy arrays."""
    cursor = psycopg.Cursor(via or raw_connection())
    cursor.execute(query.encode(), params or None, binary=True)
    result = cursor.pgresult
    if result is None:
        raise RuntimeError("The query returned no row of arrays.")
    return [_array(result.get_value(0, place), FORMATS[kind]) for place, kind in enumerate(types)]


def _array(data: bytes | None, form: str) -> Array:
    kind = np.dtype([("length", ">i4"), ("value", form)])
    cells = np.frombuffer(data[20:] if data and len(data) > 12 else b"", dtype=kind)["value"]
    return cells.astype(cells.dtype.newbyteorder("="))


@dataclass(frozen=True, slots=True)
class Cells:
    """One column to write: values of a fixed-width type, and optionally where they are present."""

    name: str
    kind: str
    values: Array
    present: NDArray[np.bool_] | None = None


@dataclass(frozen=True, slots=True)
class Words:
    """One text column with few different words: for each row the place of its word."""

    name: str
    words: tuple[str, ...]
    codes: Array


Column = Cells | Words


def write_rows(table: str, columns: Sequence[Column], rows: int, *, freeze: bool = False) -> None:
    """COPY the columns into the table, in the current transaction."""
    statement = sql.SQL("COPY {} ({}) FROM STDIN (FORMAT binary{})").format(
        sql.Identifier(table),
        sql.SQL(", ").join(sql.Identifier(column.name) for column in columns),
        sql.SQL(", FREEZE" if freeze else ""),
    )
    cursor = psycopg.Cursor(raw_connection())
    with cursor.copy(statement) as copy:
        copy.write(SIGNATURE)
        for block in blocks(columns, rows):
            copy.write(block)
        copy.write(TRAILER)


def blocks(columns: Sequence[Column], rows: int) -> Iterator[bytes]:
    """The rows in COPY's binary format, shape by shape."""
    shape = np.zeros(rows, dtype=np.int64)
    for column in columns:
        if isinstance(column, Words):
            shape = shape * len(column.words) + column.codes
        elif column.present is not None:
            shape = shape * 2 + column.present
    shapes, codes = np.unique(shape, return_inverse=True)
    order = np.argsort(codes.astype(np.uint16) if len(shapes) < 65_536 else codes, kind="stable")
    ends = np.cumsum(np.bincount(codes, minlength=len(shapes))) if rows else np.array([], dtype=np.intp)
    start = 0
    for end in ends.tolist():
        for at in range(start, end, BLOCK_ROWS):
            yield _records(columns, order[at : min(at + BLOCK_ROWS, end)])
        start = end


def _records(columns: Sequence[Column], places: Array) -> bytes:
    """Rows of one shape as fixed records."""
    fields: list[tuple[str, Any]] = [("count", ">i2")]
    filled: list[tuple[str, int, Any]] = []
    for number, column in enumerate(columns):
        fields.append((f"l{number}", ">i4"))
        if isinstance(column, Words):
            word = column.words[int(column.codes[places[0]])].encode()
            filled.append((f"v{number}", len(word), word))
            if word:
                fields.append((f"v{number}", f"S{len(word)}"))
        elif column.present is not None and not column.present[places[0]]:
            filled.append((f"v{number}", -1, None))
        else:
            fields.append((f"v{number}", FORMATS[column.kind]))
            filled.append((f"v{number}", np.dtype(FORMATS[column.kind]).itemsize, _shifted(column, places)))
    block = np.empty(len(places), dtype=np.dtype(fields))
    block["count"] = len(columns)
    for name, length, value in filled:
        block[f"l{name[1:]}"] = length
        if length > 0:
            block[name] = value
    return block.tobytes()


def _shifted(column: Cells, places: Array) -> Array:
    values = column.values[places]
    if column.kind == "date":
        return values.astype(np.int32) - EPOCH_2000
    if column.kind == "timestamptz":
        return values - EPOCH_2000 * 86_400_000_000
    return values
