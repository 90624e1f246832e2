"""Columns arrive in the database as they were: nulls, words of every length, days, moments, constants."""

from datetime import UTC, date, datetime
from typing import Any

import numpy as np
import pytest
from django.db import connection

from crm.columnar import binary_copy
from crm.columnar.binary_copy import Cells, Same, Words, write_rows

ROWS = 1_000
DAY, MOMENT = date(1997, 9, 30), datetime(2026, 3, 1, 12, 30, tzinfo=UTC)


def rows_of(table: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {table} ORDER BY id")
        return cursor.fetchall()


@pytest.fixture
def table(db: None) -> str:
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMPORARY TABLE copied (id bigint, amount float8, due date, at timestamptz, word text,"
            " note text, small int2, gone int4) ON COMMIT DROP"
        )
    return "copied"


@pytest.mark.parametrize("block_rows", [binary_copy.BLOCK_ROWS, 64, 1])
def test_every_row_arrives(table: str, block_rows: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(binary_copy, "BLOCK_ROWS", block_rows)
    ids = np.arange(ROWS)
    words = ("", "a", "Bär", "much longer than the others")
    day, moment = (DAY - date(1970, 1, 1)).days, int(MOMENT.timestamp() * 1e6)
    columns = [
        Words("word", words, ids % 4),
        Cells("id", "int8", ids),
        Cells("amount", "float8", ids / 7, ids % 3 > 0),
        Cells("due", "date", day + ids, ids % 5 > 0),
        Cells("small", "int2", (ids % 100).astype(np.int16), np.ones(ROWS, dtype=bool)),
        Same("at", "timestamptz", moment),
        Same("note", "text", "täglich"),
        Same("gone", "int4", None),
    ]
    write_rows(table, columns, ROWS)
    expected = [
        (
            i,
            i / 7 if i % 3 else None,
            date.fromordinal(DAY.toordinal() + i) if i % 5 else None,
            MOMENT,
            words[i % 4],
            "täglich",
            i % 100,
            None,
        )
        for i in range(ROWS)
    ]
    assert rows_of(table) == expected


def test_only_steady_columns_and_no_rows_at_all_are_fine(table: str) -> None:
    write_rows(table, [Cells("id", "int8", np.arange(3)), Same("word", "text", "")], 3)
    write_rows(table, [Cells("id", "int8", np.arange(0)), Words("word", ("x",), np.arange(0))], 0)
    assert [(row[0], row[4]) for row in rows_of(table)] == [(0, ""), (1, ""), (2, "")]
