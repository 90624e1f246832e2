"""Whole columns between PostgreSQL and NumPy, in binary, without a Python object per row.

Out: one array_agg per column, whose binary form is a fixed record per element. In: COPY ... (FORMAT binary): the
columns whose cells are all of one length are records at once; the others (texts, columns with nulls) follow them, and
are records too among rows of one shape, that is with the same cells null and texts of the same length.
"""

from collections.abc import Iterator, Mapping, Sequence
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
NULL = (-1, "", None)
SIGNATURE = b"PGCOPY\n\xff\r\n\0" + bytes(8)
TRAILER = b"\xff\xff"
#: Rows at a time: a few dozen megabytes of records.
BLOCK_ROWS = 250_000


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
        options="-c application_name=tenure-columns",
    )


def fetch_arrays(
    query: str,
    types: Sequence[str],
    params: Sequence[Any] | Mapping[str, Any] = (),
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


@dataclass(frozen=True, slots=True)
class Same:
    """One column with the same value in every row: of a fixed-width type, a text, or NULL."""

    name: str
    kind: str
    value: int | str | None


Column = Cells | Words | Same


def write_rows(table: str, columns: Sequence[Column], rows: int, *, freeze: bool = False) -> None:
    """COPY the columns into the table, in the current transaction."""
    steady = [column for column in columns if is_steady(column)]
    shaped = [column for column in columns if not is_steady(column)]
    statement = sql.SQL("COPY {} ({}) FROM STDIN (FORMAT binary{})").format(
        sql.Identifier(table),
        sql.SQL(", ").join([sql.Identifier(column.name) for column in steady + shaped]),
        sql.SQL(", FREEZE" if freeze else ""),
    )
    cursor = psycopg.Cursor(raw_connection())
    with cursor.copy(statement) as copy:
        copy.write(SIGNATURE)
        for at in range(0, rows, BLOCK_ROWS):
            for block in blocks(steady, shaped, slice(at, min(at + BLOCK_ROWS, rows))):
                copy.write(block)
        copy.write(TRAILER)


def is_steady(column: Column) -> bool:
    """Whether every row has a cell of the same length."""
    if isinstance(column, Words):
        return False
    return isinstance(column, Same) or column.present is None or bool(column.present.all())


def blocks(steady: Sequence[Column], shaped: Sequence[Column], rows: slice) -> Iterator[bytes]:
    """These rows in COPY's binary format: their steady cells, then the others, shape by shape."""
    places = np.arange(rows.start, rows.stop)
    heads = records(steady, places, count=len(steady) + len(shaped))
    if not shaped:
        yield heads.tobytes()
        return
    for alike in by_shape(shaped, places):
        tails = records(shaped, alike)
        block = np.empty((len(alike), heads.shape[1] + tails.shape[1]), dtype=np.uint8)
        block[:, : heads.shape[1]] = heads[alike - rows.start]
        block[:, heads.shape[1] :] = tails
        yield block.tobytes()


def by_shape(columns: Sequence[Column], places: Array) -> list[Array]:
    """The places of rows with the same words and the same cells null, shape by shape."""
    shape = np.zeros(len(places), dtype=np.int64)
    for column in columns:
        if isinstance(column, Words):
            shape = shape * len(column.words) + column.codes[places]
        elif isinstance(column, Cells) and column.present is not None:
            shape = shape * 2 + column.present[places]
    _shapes, codes = np.unique(shape, return_inverse=True)
    order = np.argsort(codes.astype(np.uint16) if len(_shapes) < 65_536 else codes, kind="stable")
    return np.split(places[order], np.cumsum(np.bincount(codes))[:-1])


def records(columns: Sequence[Column], places: Array, *, count: int | None = None) -> NDArray[np.uint8]:
    """Rows of one shape as fixed records, a row of bytes each; `count` of cells comes first where it is given."""
    cells = [cell(column, places) for column in columns]
    layout: list[tuple[str, Any]] = [] if count is None else [("count", ">i2")]
    for number, (width, kind, _value) in enumerate(cells):
        layout.append((f"length{number}", ">i4"))
        if width > 0:
            layout.append((f"value{number}", kind))
    form = np.dtype(layout)
    first = np.zeros(1, dtype=form)
    if count is not None:
        first["count"] = count
    for number, (width, _kind, _value) in enumerate(cells):
        first[f"length{number}"] = width
    block = np.repeat(first, len(places))
    for number, (width, _kind, value) in enumerate(cells):
        if width > 0:
            block[f"value{number}"] = value
    return block.view(np.uint8).reshape(len(places), form.itemsize)


def cell(column: Column, places: Array) -> tuple[int, str, Any]:
    """(length in bytes, NumPy type, value or values) of a column in rows of one shape; the length of NULL is -1."""
    if isinstance(column, Words):
        return text_cell(column.words[int(column.codes[places[0]])])
    form = FORMATS.get(column.kind, "")
    if isinstance(column, Same):
        if column.value is None:
            return NULL
        if isinstance(column.value, str):
            return text_cell(column.value)
        return np.dtype(form).itemsize, form, from_2000(column.kind, column.value)
    if column.present is not None and not column.present[places[0]]:
        return NULL
    return np.dtype(form).itemsize, form, from_2000(column.kind, column.values[places])


def text_cell(text: str) -> tuple[int, str, Any]:
    word = text.encode()
    return len(word), f"S{len(word)}", word


def from_2000(kind: str, values: Any) -> Any:
    """Days and moments as PostgreSQL counts them."""
    if kind == "date":
        return values - EPOCH_2000
    if kind == "timestamptz":
        return values - EPOCH_2000 * 86_400_000_000
    return values
