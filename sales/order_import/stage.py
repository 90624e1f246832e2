"""From text to typed rows, all in SQL: one pass judges every row, groups lines into orders and names them."""

from datetime import timedelta
from typing import Any

from django.db import connection
from psycopg import sql

from crm.company.selectors import company, company_day
from crm.imports.models import ImportRun
from crm.imports.staging import Tables
from crm.money.currencies import DECIMALS
from sales.order_import.checks import CHECKS, CLASHES, Check
from sales.order_import.fields import NAMES, TEXTS

ALL_ROWS = sql.SQL("true")
# Cells: blanks around them gone, an apostrophe that guards a formula (our exports write it) taken off.
CELL = (
    "CASE WHEN left({0}, 1) = '''' AND {0} ~ '^''[=+@\\t\\r-]' THEN substr({0}, 2)"
    " ELSE nullif(btrim({0}, E' \\t\\u00a0\\ufeff'), '') END"
)
FORMULA = "strpos(E'=+-@\\t\\r', left(ltrim({0}, ' '), 1)) > 0 AND {0} <> ''"
DAY = r"^\d{4}-\d\d-\d\d$"
MOMENT = r"^\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d([.]\d{1,6})?)?( ?(Z|[+-]\d\d(:?\d\d)?))?)?$"
ZONED = r"[T ].*(Z|[+-]\d\d(:?\d\d)?)$"

# OFFSET 0 keeps each level apart: pulled up into one, every cell would be read dozens of times.
TYPED = sql.SQL("""
SELECT *,
    CASE WHEN timed THEN moment
         WHEN placed_on IS NOT NULL THEN (placed_on + TIME '12:00') AT TIME ZONE %(zone)s END AS placed_at,
    CASE WHEN currency IS NULL OR currency = %(base)s THEN 1 ELSE ({rate}) END AS rate
FROM (
    SELECT *, CASE WHEN timed THEN (moment AT TIME ZONE %(zone)s)::date ELSE day END AS placed_on
    FROM (
        SELECT *,
            CASE WHEN coalesce(ordered_at, ordered_on) ~ %(day)s
                  AND pg_input_is_valid(coalesce(ordered_at, ordered_on), 'date')
                 THEN coalesce(ordered_at, ordered_on)::date END AS day,
            CASE WHEN timed AND NOT pg_input_is_valid(ordered_at, 'timestamptz') THEN NULL
                 WHEN timed AND ordered_at ~ %(zoned)s THEN ordered_at::timestamptz
                 WHEN timed THEN ordered_at::timestamp AT TIME ZONE %(zone)s END AS moment,
            CASE WHEN amount_text ~ '^[+-]?[0-9]{{1,40}}([.][0-9]{{1,20}})?$' THEN amount_text::numeric END AS number,
            CASE WHEN quantity_text ~ '^[+-]?[0-9]{{1,9}}([.][0-9]{{1,3}})?0*$'
                 THEN quantity_text::numeric(12, 3) END AS quantity,
            CASE lower(status_text) WHEN 'placed' THEN 'placed' WHEN 'returned' THEN 'returned'
                 WHEN 'cancelled' THEN 'cancelled' WHEN 'canceled' THEN 'cancelled' END AS status,
            currency = ANY(%(currencies)s) AS is_currency
        FROM (
            SELECT row, cells, %(width)s::integer AS width, %(latest)s::date AS latest, {cells},
                coalesce({ordered_at} ~ %(moment)s AND {ordered_at} !~ %(day)s, false) AS timed
            FROM {raw} WHERE {where} OFFSET 0
        ) AS texts OFFSET 0
    ) AS typed OFFSET 0
) AS dated OFFSET 0
""")
RATE = sql.SQL(
    "SELECT rate FROM money_exchangerate r WHERE r.currency = dated.currency AND valid_on <= placed_on"
    " ORDER BY valid_on DESC LIMIT 1"
)
HASH = """substring(sha256(convert_to(concat(customer_id, E'\\x1f',
    CASE WHEN timed THEN extract(epoch FROM moment)::text ELSE placed_on::text END, E'\\x1f',
    number::numeric(16, 2), E'\\x1f', currency, E'\\x1f', quantity, E'\\x1f', product), 'UTF8')) FOR 10)"""

# Every row an order: known by its content and how-manieth such row it is, whatever the order of the rows.
SINGLE = sql.SQL("""
CREATE UNLOGGED TABLE {stage} AS
SELECT row, row AS seq, NOT row_bad AS ok, true AS head, customer_id, placed_on, placed_at, timed,
    amount, amount AS order_amount, currency, rate, status, quantity, product, name, email,
    encode(hash, 'hex') || '-' || row_number() OVER (PARTITION BY hash ORDER BY status, row) AS ext
FROM (
    SELECT *, CASE WHEN NOT row_bad THEN number::numeric(16, 2) END AS amount,
        CASE WHEN NOT row_bad THEN {hash} END AS hash
    FROM (SELECT *, {bad} AS row_bad FROM ({typed}) AS judged) AS marked
) AS keyed
""")

# Rows with an order number are lines of one order; those without are named by content as above.
GROUPED = sql.SQL("""
CREATE UNLOGGED TABLE {stage} AS
SELECT *, NOT group_bad AS ok FROM (
    SELECT *, bool_or(row_bad OR clash) OVER (PARTITION BY ext) AS group_bad FROM (
        SELECT *, {clash} AS clash FROM (
            SELECT row, row_bad, customer_id, placed_on, placed_at, timed, amount, currency, rate, quantity, product,
                name, email, false AS other_customer, order_id,
                coalesce(order_id, encode(hash, 'hex') || '-' || row_number() OVER ordered) AS ext,
                order_id IS NULL OR row_number() OVER numbered = 1 AS head,
                CASE WHEN order_id IS NULL THEN row ELSE min(row) OVER whole END AS seq,
                CASE WHEN order_id IS NULL THEN amount ELSE sum(amount) OVER whole END AS order_amount,
                CASE WHEN order_id IS NULL THEN status ELSE max(status) OVER whole END AS status,
                min(customer_id) OVER whole <> max(customer_id) OVER whole AS customer_clash,
                min(placed_at) OVER whole <> max(placed_at) OVER whole AS date_clash,
                min(coalesce(currency, '')) OVER whole <> max(coalesce(currency, '')) OVER whole AS currency_clash,
                min(status) OVER whole <> max(status) OVER whole AS status_clash,
                count(*) OVER alike > 1 OR (product IS NULL AND count(*) OVER whole > 1) AS repeated
            FROM (
                SELECT *, CASE WHEN NOT row_bad THEN number::numeric(16, 2) END AS amount,
                    CASE WHEN NOT row_bad AND order_id IS NULL THEN {hash} END AS hash
                FROM (SELECT *, {bad} AS row_bad FROM ({typed}) AS judged) AS marked
            ) AS keyed
            WINDOW whole AS (PARTITION BY order_id, hash), numbered AS (PARTITION BY order_id, hash ORDER BY row),
                ordered AS (PARTITION BY order_id, hash ORDER BY status, row),
                alike AS (PARTITION BY order_id, hash, product, quantity, amount)
        ) AS named
    ) AS compared
) AS grouped
""")

# An order of this source and number that belongs to somebody else.
OTHERS = sql.SQL("""
UPDATE {stage} s SET ok = false, other_customer = true
FROM sales_order o
WHERE s.ok AND o.source = %(source)s AND o.external_id = s.ext AND NOT EXISTS (
    SELECT FROM contacts_externalid e
    WHERE e.source = %(source)s AND e.value = s.customer_id AND e.customer_id = o.customer_id)
""")

PEOPLE = sql.SQL("""
CREATE UNLOGGED TABLE {people} AS
SELECT customer_id,
    (array_agg(name ORDER BY placed_at DESC, row DESC) FILTER (WHERE name IS NOT NULL))[1] AS name,
    (array_agg(lower(email) ORDER BY placed_at DESC, row DESC) FILTER (WHERE email IS NOT NULL))[1] AS email
FROM {stage} WHERE ok AND (name IS NOT NULL OR email IS NOT NULL) GROUP BY customer_id
""")


def is_grouped(run: ImportRun) -> bool:
    return "order_id" in run.mapping.values()


def build(run: ImportRun) -> None:
    """Build the stage table (every row, typed, judged and named) and the names of customers."""
    tables = Tables(run)
    statement = (GROUPED if is_grouped(run) else SINGLE).format(
        stage=tables.stage,
        typed=typed(run),
        hash=sql.SQL(HASH),
        bad=any_of(CHECKS),
        clash=sql.SQL("order_id IS NOT NULL AND NOT row_bad AND {}").format(any_of(CLASHES)),
    )
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL work_mem = '128MB'")
        for name in (tables.stage, tables.people):
            cursor.execute(sql.SQL("DROP TABLE IF EXISTS {}").format(name))
        cursor.execute(statement, parameters(run))
        cursor.execute(sql.SQL("CREATE INDEX {} ON {} (seq)").format(tables.index, tables.stage))
        cursor.execute(sql.SQL("ANALYZE {}").format(tables.stage))
        if is_grouped(run):
            cursor.execute(OTHERS.format(stage=tables.stage), {"source": run.source})
        cursor.execute(PEOPLE.format(stage=tables.stage, people=tables.people))
        cursor.execute(sql.SQL("ANALYZE {}").format(tables.people))


def typed(run: ImportRun, where: sql.Composable = ALL_ROWS) -> sql.Composed:
    """The raw rows with every field read; a field without a column is empty."""
    mapped = set(run.mapping.values())
    renamed = {"amount": "amount_text", "quantity": "quantity_text", "status": "status_text"}
    cells = [
        sql.SQL("{} AS {}").format(cell(name, mapped), sql.Identifier(renamed.get(name, name)))
        for name in NAMES
    ]
    cells += [
        sql.SQL("{} AS {}").format(
            sql.SQL(FORMULA).format(sql.Identifier(name)) if name in mapped else sql.SQL("false"),
            sql.Identifier(f"{name}_formula"),
        )
        for name in TEXTS
    ]
    return TYPED.format(
        raw=Tables(run).raw,
        where=where,
        cells=sql.SQL(", ").join(cells),
        ordered_at=cell("ordered_at", mapped),
        rate=RATE if "currency" in mapped else sql.SQL("1"),
    )


def cell(name: str, mapped: set[str]) -> sql.Composable:
    if name not in mapped:
        return sql.SQL("NULL::text")
    text = sql.SQL(CELL).format(sql.Identifier(name))
    return sql.SQL("upper({})").format(text) if name == "currency" else text


def any_of(checks: tuple[Check, ...]) -> sql.Composed:
    """True when one of the conditions is; an unknown condition counts as kept."""
    conditions = [sql.SQL("({}) IS TRUE").format(sql.SQL(check.condition)) for check in checks]
    return sql.SQL("({})").format(sql.SQL(" OR ").join(conditions))


def parameters(run: ImportRun) -> dict[str, Any]:
    return {
        "zone": company().time_zone,
        "base": company().currency,
        "currencies": list(DECIMALS),
        "latest": company_day() + timedelta(days=1),
        "width": len(run.columns),
        "day": DAY,
        "moment": MOMENT,
        "zoned": ZONED,
    }
