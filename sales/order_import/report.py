"""What the dry run says: how many rows are good, and what is wrong with the others, cell by cell."""

from collections.abc import Mapping

from django.db import connection
from psycopg import sql

from crm.imports.kinds import Checked, Problem
from crm.imports.models import ImportRun
from crm.imports.staging import Tables
from sales.order_import.checks import CHECKS, CLASHES, LEFT_OUT, Check
from sales.order_import.stage import ALL_ROWS, is_grouped, parameters, typed

PROBLEMS_KEPT = 10_000
ALL_CHECKS = CHECKS + CLASHES + LEFT_OUT

COUNTS = sql.SQL("SELECT count(*) FILTER (WHERE NOT ok), count(*) FILTER (WHERE ok AND head) FROM {stage}")
FORECAST = sql.SQL("""
SELECT (SELECT count(*) FROM {stage} s WHERE ok AND head AND NOT EXISTS (
            SELECT FROM sales_order o WHERE o.source = %(source)s AND o.external_id = s.ext)),
       (SELECT count(DISTINCT customer_id) FROM {stage} s WHERE ok AND NOT EXISTS (
            SELECT FROM contacts_externalid e WHERE e.source = %(source)s AND e.value = s.customer_id))
""")
FIRST_PROBLEMS = sql.SQL(
    "SELECT row, number, value, count(*) OVER () FROM ({found}) AS found ORDER BY row, number LIMIT {limit}"
)
FOUND = sql.SQL("""
SELECT judged.row, judgement.number, left(judgement.value, 200) AS value
FROM ({rows}) AS judged CROSS JOIN LATERAL (VALUES {judgements}) AS judgement (number, wrong, value)
WHERE judgement.wrong IS TRUE AND {where}
""")
IN_TEXT: Mapping[str, str] = {
    "": "cells::text",
    "amount": "amount_text",
    "quantity": "quantity_text",
    "status": "status_text",
    "ordered_on": "coalesce(ordered_at, ordered_on)",
}
IN_STAGE: Mapping[str, str] = {"order_id": "ext", "ordered_on": "placed_on::text"}


def report(run: ImportRun, *, forecast: bool) -> Checked:
    """Count what the stage table holds; `forecast` also says how much of it is new (costs a second per million)."""
    tables = Tables(run)
    with connection.cursor() as cursor:
        cursor.execute(COUNTS.format(stage=tables.stage))
        bad, total = cursor.fetchone()
        new = new_customers = 0
        if forecast:
            cursor.execute(FORECAST.format(stage=tables.stage), {"source": run.source})
            new, new_customers = cursor.fetchone()
    problems, count = first_problems(run) if bad else ([], 0)
    return Checked(problems, count, bad, total, new, new_customers)


def first_problems(run: ImportRun) -> tuple[list[Problem], int]:
    """The first PROBLEMS_KEPT problems in the order of the file, and how many there are."""
    bad = sql.SQL("row IN (SELECT row FROM {} WHERE NOT ok)").format(Tables(run).stage)
    parts = [found(CHECKS, 0, typed(run, bad), IN_TEXT, ALL_ROWS)]
    if is_grouped(run):
        staged = sql.SQL("SELECT * FROM {} WHERE NOT ok AND NOT row_bad").format(Tables(run).stage)
        parts.append(found(CLASHES, len(CHECKS), staged, IN_STAGE, sql.SQL("clash")))
        parts.append(found(LEFT_OUT, len(CHECKS + CLASHES), staged, IN_STAGE, ALL_ROWS))
    with connection.cursor() as cursor:
        cursor.execute(
            FIRST_PROBLEMS.format(found=sql.SQL(" UNION ALL ").join(parts), limit=sql.Literal(PROBLEMS_KEPT)),
            parameters(run),
        )
        rows = cursor.fetchall()
    columns = {field: column for column, field in run.mapping.items()}
    problems = [problem(row, ALL_CHECKS[number], value, columns) for row, number, value, _count in rows]
    return problems, rows[0][3] if rows else 0


def found(
    checks: tuple[Check, ...],
    start: int,
    rows: sql.Composed,
    values: Mapping[str, str],
    where: sql.Composable,
) -> sql.Composed:
    """One row per cell that fails a check."""
    judgements = [
        sql.SQL("({}, {}, {})").format(
            sql.Literal(start + index),
            sql.SQL(check.condition),
            sql.SQL(values.get(check.field, check.field)),
        )
        for index, check in enumerate(checks)
    ]
    return FOUND.format(rows=rows, judgements=sql.SQL(", ").join(judgements), where=where)


def problem(row: int, check: Check, value: str | None, columns: Mapping[str, str]) -> Problem:
    field = check.field
    if field == "ordered_on" and "ordered_at" in columns:
        field = "ordered_at"
    return Problem(row, columns.get(field, field), value or "", str(check.message))
