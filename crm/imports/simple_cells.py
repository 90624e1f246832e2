"""Reading the cells and the staged rows of a simple import."""

import json
from collections.abc import Iterator
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import connection, models
from django.utils.translation import gettext as _
from psycopg import sql

from crm.imports.kinds import Problem
from crm.imports.models import ImportRun
from crm.imports.staging import Tables

READ_ROWS = 2_000
YES, NO = ("yes", "true", "1", "x", "ja", "y"), ("no", "false", "0", "nein", "n")


def cell_value(model: type[models.Model], name: str, text: str) -> Any:
    """A cell as the column of the model takes it. Raises ValidationError."""
    column: Any = model._meta.get_field(name)
    if isinstance(column, models.BooleanField):
        return yes_or_no(text)
    field: forms.Field = column.formfield()
    value = field.clean(text)
    column.run_validators(value)
    return value


def yes_or_no(text: str) -> bool:
    if text.casefold() not in YES + NO:
        raise ValidationError(_("Write yes or no."))
    return text.casefold() in YES


def plain(value: Any) -> Any:
    """As ImportBefore keeps it: rows by their key."""
    return value.pk if isinstance(value, models.Model) else value


def raw_rows(run: ImportRun) -> Iterator[list[tuple[int, int, dict[str, str]]]]:
    """(row, number of cells, cells by field), some thousand at a time."""
    names = list(run.mapping.values())
    columns = sql.SQL(", ").join([sql.Identifier(name) for name in names])
    query = sql.SQL("SELECT row, cells, {} FROM {} WHERE row > %s ORDER BY row LIMIT %s").format(
        columns, Tables(run).raw
    )
    last = 0
    while True:
        with connection.cursor() as cursor:
            cursor.execute(query, [last, READ_ROWS])
            rows = cursor.fetchall()
        if not rows:
            return
        yield [
            (row, given, {name: cell or "" for name, cell in zip(names, cells, strict=True)})
            for row, given, *cells in rows
        ]
        last = rows[-1][0]


def staged_rows(run: ImportRun, first: int, last: int) -> Iterator[list[tuple[int, str, dict[str, str]]]]:
    """Good rows of the stage: (row, name, cells)."""
    query = sql.SQL(
        "SELECT row, ext, cells FROM {} WHERE ok AND row BETWEEN %s AND %s ORDER BY row LIMIT %s"
    ).format(Tables(run).stage)
    while True:
        with connection.cursor() as cursor:
            cursor.execute(query, [first, last, READ_ROWS])
            rows = cursor.fetchall()
        if not rows:
            return
        yield [(row, name, as_json(cells)) for row, name, cells in rows]
        first = rows[-1][0] + 1


def as_json(found: Any) -> Any:
    """A jsonb cell, which Django's cursors give as text."""
    return json.loads(found) if isinstance(found, str) else found


def problems_of(run: ImportRun, rows: list[tuple[int, Any]]) -> Iterator[Problem]:
    """In the words of the file: its own names of the columns."""
    columns = {field: column for column, field in run.mapping.items()}
    for row, wrong in rows:
        for field, text, message, *_code in as_json(wrong):
            yield Problem(row, columns.get(field, ""), text, message)
