"""The orders of a chunk: new ones by INSERT ... SELECT, changed ones with an image of how they stood before."""

from typing import Any

from django.db import connection
from psycopg import sql

from crm.company.selectors import company
from crm.imports.kinds import Applied
from crm.imports.models import ImportBatch, ImportRun
from crm.imports.staging import Tables
from crm.imports.telling import tell_created
from crm.money.currencies import DECIMALS
from sales.order_import.changes import apply_changes
from sales.order_import.customers import teach_planner
from sales.order_import.stage import is_grouped

# Sorted by payer: foreign key checks and two of the indexes then meet the same pages (measured: a sixth less).
CHUNK = sql.SQL("""
CREATE TEMP TABLE chunk ON COMMIT DROP AS
SELECT nextval(pg_get_serial_sequence('sales_order', 'id')) AS id, s.*, c.id AS buyer_id,
    coalesce(g.id, c.id) AS payer_id, c.owner_id, c.team_id
FROM (
    SELECT ext, seq, customer_id, placed_on, placed_at, timed, status, coalesce(currency, %(base)s) AS currency,
        order_amount AS amount, round(order_amount * rate, %(decimals)s) AS base_amount
    FROM {stage} WHERE ok AND head AND seq BETWEEN %(first)s AND %(last)s
) AS s
JOIN contacts_externalid e ON e.source = %(source)s AND e.value = s.customer_id
JOIN contacts_customer c ON c.id = e.customer_id
LEFT JOIN contacts_customer g ON g.id = c.organisation_id AND g.deleted_at IS NULL
ORDER BY payer_id, s.placed_at, s.seq
""")
INSERT_ORDERS = """
INSERT INTO sales_order (id, version, created_at, updated_at, owner_id, team_id, customer_id, payer_id, source,
    external_id, status, placed_at, placed_on, currency, amount, base_amount)
SELECT id, 1, now(), now(), owner_id, team_id, buyer_id, payer_id, %(source)s, ext, coalesce(status, 'placed'),
    placed_at, placed_on, currency, amount, base_amount
FROM chunk ORDER BY id
ON CONFLICT (source, external_id) DO NOTHING
"""
# What was not inserted is here already; `known` remembers under which key.
KNOWN = """
CREATE TEMP TABLE known ON COMMIT DROP AS
SELECT o.id AS order_id, c.* FROM chunk c
JOIN sales_order o ON o.source = %(source)s AND o.external_id = c.ext WHERE o.id <> c.id
"""
LINES = sql.SQL("""
INSERT INTO sales_orderline (order_id, product_id, text, quantity, unit_amount, discount_rate, line_amount)
SELECT {order}, p.id, coalesce(p.name, s.product, ''), coalesce(s.quantity, 1),
    round(s.amount / coalesce(nullif(s.quantity, 0), 1), 4), 0, s.amount
FROM {stage} s JOIN {orders} c USING (ext) LEFT JOIN sales_product p ON p.code = s.product
WHERE s.ok AND s.seq BETWEEN %(first)s AND %(last)s AND (s.quantity IS NOT NULL OR s.product IS NOT NULL)
ORDER BY s.seq, s.row
""")
AUDIT = """
INSERT INTO audit_auditentry (at, actor_id, action, object_type, object_id, before, after)
SELECT now(), %(actor)s, 'sales.order.import', 'sales.order', id, '{}', jsonb_build_object('amount', amount::text,
    'currency', currency, 'status', coalesce(status, 'placed'), 'placed_on', placed_on, 'import', %(run)s::bigint)
FROM chunk
"""
SEARCH = """
INSERT INTO search_searchrow (object_type, object_id, title, subtitle, text, owner_id, team_id)
SELECT 'sales.order', c.id, left(c.ext || ' · ' || c.amount || ' ' || c.currency, 200),
    c.placed_on::text,
    concat_ws(' ', lower(left(c.ext, 60)), CASE WHEN c.ext ~ '[^[:alnum:]]'
        THEN nullif(btrim(regexp_replace(lower(c.ext), '[^[:alnum:]]+', ' ', 'g')), '') END),
    c.owner_id, c.team_id
FROM chunk c WHERE c.ext !~ '^[0-9a-f]{20}-[0-9]+$'
"""
DIRTY = """
INSERT INTO contacts_dirtycustomer (customer_id, kind) SELECT DISTINCT payer_id, 'order' FROM chunk
"""
ANALYZE = "ANALYZE sales_order (id, source, external_id, payer_id)"


def apply_orders(run: ImportRun, batch: ImportBatch, first: int, last: int) -> Applied:
    """Write the orders whose first row is first..last, in the caller's transaction."""
    stage = Tables(run).stage
    params = parameters(run) | {"first": first, "last": last}
    with connection.cursor() as cursor:
        cursor.execute(CHUNK.format(stage=stage), params)
        size = cursor.rowcount
        cursor.execute(INSERT_ORDERS, params)
        created, updated = cursor.rowcount, 0
        if created < size:
            cursor.execute(KNOWN, params)
            cursor.execute("ANALYZE known")
            cursor.execute("DELETE FROM chunk USING known WHERE chunk.id = known.id")
            updated = apply_changes(run, params)
        if created:
            teach_planner(cursor, "sales_order", created, ANALYZE)
            order = {"stage": stage, "orders": sql.Identifier("chunk"), "order": sql.SQL("c.id")}
            cursor.execute(LINES.format(**order), params)
            cursor.execute(AUDIT, params)
            cursor.execute(DIRTY)
            if is_grouped(run):
                cursor.execute(SEARCH)
        cursor.execute("SELECT coalesce(array_agg(id ORDER BY id), '{}') FROM chunk")
        batch.created_ids = cursor.fetchone()[0]
        tell_created("sales.order", batch.created_ids)
        cursor.execute("DROP TABLE chunk, known" if created < size else "DROP TABLE chunk")
    return Applied(created=created, updated=updated, unchanged=size - created - updated)


def parameters(run: ImportRun) -> dict[str, Any]:
    return {
        "source": run.source,
        "run": run.pk,
        "actor": run.actor_id,
        "base": company().currency,
        "decimals": min(DECIMALS[company().currency], 2),
    }
