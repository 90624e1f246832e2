"""Orders that are here already and that the file tells otherwise: kept as they stood, then changed."""

from typing import Any

from django.db import connection
from psycopg import sql

from crm.imports.models import ImportRun
from crm.imports.staging import Tables
from crm.imports.telling import tell_changed
from sales.order_import.stage import is_grouped

IMAGE = """jsonb_build_object('status', {0}.status, 'amount', {0}.amount::numeric(16, 2),
    'base_amount', {0}.base_amount::numeric(16, 2), 'margin_amount', {0}.margin_amount, 'currency', {0}.currency,
    'placed_at', {0}.placed_at, 'placed_on', {0}.placed_on)"""

# `new` is what the file says; without a status in the file it leaves the status alone.
CHANGE = sql.SQL("""
CREATE TEMP TABLE change ON COMMIT DROP AS
SELECT * FROM (
    SELECT o.id, o.version + 1 AS version, o.payer_id, known.ext, {image_before} AS before, {image_after} AS after,
        {lines_differ} AS lines_differ
    FROM known JOIN sales_order o ON o.id = known.order_id
    CROSS JOIN LATERAL (SELECT (o.amount, o.currency, o.placed_on) = (known.amount, known.currency, known.placed_on)
        AS same) AS s
    CROSS JOIN LATERAL (SELECT coalesce(known.status, o.status) AS status, known.amount, known.currency,
        known.placed_on,
        CASE WHEN same THEN o.base_amount ELSE known.base_amount END AS base_amount,
        CASE WHEN same THEN o.margin_amount END AS margin_amount,
        CASE WHEN known.timed OR o.placed_on <> known.placed_on THEN known.placed_at ELSE o.placed_at END AS placed_at
    ) AS new
) AS compared WHERE before <> after OR lines_differ
""")
LINES_DIFFER = sql.SQL("""
(SELECT jsonb_agg(jsonb_build_array(text, quantity, line_amount) ORDER BY text, quantity, line_amount)
    FROM sales_orderline l WHERE l.order_id = o.id)
IS DISTINCT FROM
(SELECT jsonb_agg(jsonb_build_array(text, quantity, amount) ORDER BY text, quantity, amount) FROM (
    SELECT coalesce(p.name, s.product, '') AS text, coalesce(s.quantity, 1)::numeric(12, 3) AS quantity, s.amount
    FROM {stage} s LEFT JOIN sales_product p ON p.code = s.product
    WHERE s.ok AND s.ext = known.ext AND s.seq = known.seq AND (s.quantity IS NOT NULL OR s.product IS NOT NULL)
) AS staged)
""")
BEFORE = """
INSERT INTO imports_importbefore (run_id, object_id, version, before)
SELECT %(run)s, c.id, c.version, c.before || CASE WHEN lines_differ THEN jsonb_build_object('lines', coalesce((
    SELECT jsonb_agg(to_jsonb(l) - 'id' - 'order_id' ORDER BY l.id) FROM sales_orderline l WHERE l.order_id = c.id
), '[]')) ELSE '{}' END
FROM change c
"""
UPDATE = """
UPDATE sales_order o SET status = n.status, amount = n.amount, base_amount = n.base_amount,
    margin_amount = n.margin_amount, currency = n.currency, placed_at = n.placed_at, placed_on = n.placed_on,
    version = c.version, updated_at = now()
FROM change c, jsonb_to_record(c.{image}) AS n (status text, amount numeric, base_amount numeric, margin_amount numeric,
    currency text, placed_at timestamptz, placed_on date)
WHERE o.id = c.id
"""
DELETE_LINES = "DELETE FROM sales_orderline l USING change c WHERE c.lines_differ AND l.order_id = c.id"
LINES = sql.SQL("""
INSERT INTO sales_orderline (order_id, product_id, text, quantity, unit_amount, discount_rate, line_amount)
SELECT c.id, p.id, coalesce(p.name, s.product, ''), coalesce(s.quantity, 1),
    round(s.amount / coalesce(nullif(s.quantity, 0), 1), 4), 0, s.amount
FROM {stage} s JOIN change c USING (ext) LEFT JOIN sales_product p ON p.code = s.product
WHERE c.lines_differ AND s.ok AND s.seq BETWEEN %(first)s AND %(last)s
    AND (s.quantity IS NOT NULL OR s.product IS NOT NULL)
ORDER BY s.seq, s.row
""")
AUDIT = """
INSERT INTO audit_auditentry (at, actor_id, action, object_type, object_id, before, after)
SELECT now(), %(actor)s, %(action)s, 'sales.order', id,
    (SELECT coalesce(jsonb_object_agg(key, value), '{}') FROM jsonb_each(before) WHERE after -> key <> value),
    (SELECT coalesce(jsonb_object_agg(key, value), '{}') FROM jsonb_each(after) WHERE before -> key <> value)
        || jsonb_build_object('import', %(run)s::bigint)
FROM change
"""
CHANGED_FIELDS = """
SELECT id, ARRAY(SELECT key FROM jsonb_each(after) WHERE before -> key <> value) FROM change
"""
DIRTY = "INSERT INTO contacts_dirtycustomer (customer_id, kind) SELECT DISTINCT payer_id, 'order' FROM change"


def apply_changes(run: ImportRun, params: dict[str, Any]) -> int:
    """Change the orders of the temporary table `known` that differ; return how many did."""
    stage = Tables(run).stage
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT FROM sales_order WHERE id IN (SELECT order_id FROM known) ORDER BY id FOR UPDATE"
        )
        differ = LINES_DIFFER.format(stage=stage) if is_grouped(run) else sql.SQL("false")
        images = {"image_before": sql.SQL(IMAGE.format("o")), "image_after": sql.SQL(IMAGE.format("new"))}
        cursor.execute(CHANGE.format(lines_differ=differ, **images))
        changed: int = cursor.rowcount
        if changed:
            cursor.execute(BEFORE, params)
            cursor.execute(UPDATE.format(image="after"))
            cursor.execute(DELETE_LINES)
            cursor.execute(LINES.format(stage=stage), params)
            cursor.execute(AUDIT, params | {"action": "sales.order.import"})
            cursor.execute(DIRTY)
            cursor.execute(CHANGED_FIELDS)
            tell_changed("sales.order", cursor.fetchall())
        cursor.execute("DROP TABLE change")
    return changed
