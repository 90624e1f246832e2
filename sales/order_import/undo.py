"""Taking an import back: created rows go, changed ones stand as before; what others built on stays, and is told."""

from typing import Any

from django.db import connection, models
from django.utils.translation import gettext as _
from psycopg import sql

from contacts.models import Customer, ExternalId, Relationship
from crm.imports.models import ImportBatch, ImportRun
from sales.order_import.changes import AUDIT, DELETE_LINES, DIRTY, UPDATE

GONE = "CREATE TEMP TABLE gone ON COMMIT DROP AS SELECT unnest(%(ids)s::bigint[]) AS id"
# Orders created by this import and touched by nobody since; locked, so that nobody touches them now.
GONE_ORDERS = """
CREATE TEMP TABLE gone ON COMMIT DROP AS
SELECT id FROM sales_order WHERE id = ANY(%(ids)s::bigint[]) AND version = 1 FOR UPDATE
"""
KEPT_ORDERS = "SELECT external_id FROM sales_order WHERE id = ANY(%(ids)s::bigint[]) ORDER BY id"
DELETE_ORDERS = (
    """INSERT INTO contacts_dirtycustomer (customer_id, kind)
    SELECT DISTINCT o.payer_id, 'order' FROM sales_order o JOIN gone USING (id)""",
    "DELETE FROM sales_orderline l USING gone WHERE l.order_id = gone.id",
    "DELETE FROM search_searchrow s USING gone WHERE s.object_type = 'sales.order' AND s.object_id = gone.id",
    "DELETE FROM sales_order o USING gone WHERE o.id = gone.id",
)
GONE_AUDIT = """
INSERT INTO audit_auditentry (at, actor_id, action, object_type, object_id, before, after)
SELECT now(), %(actor)s, %(action)s, %(type)s, id, '{}', jsonb_build_object('import', %(run)s::bigint) FROM gone
"""
DELETE_CUSTOMERS = (
    "DELETE FROM search_searchrow s USING gone WHERE s.object_type = 'contacts.customer' AND s.object_id = gone.id",
    "DELETE FROM contacts_customer c USING gone WHERE c.id = gone.id",
)
# Orders changed by this import and by nobody since.
RESTORE = """
CREATE TEMP TABLE change ON COMMIT DROP AS
SELECT o.id, o.version + 1 AS version, o.payer_id, b.before - 'lines' AS after, b.before -> 'lines' AS lines,
    b.before ? 'lines' AS lines_differ, jsonb_build_object('status', o.status, 'amount', o.amount,
    'base_amount', o.base_amount, 'margin_amount', o.margin_amount, 'currency', o.currency, 'placed_at', o.placed_at,
    'placed_on', o.placed_on) AS before
FROM imports_importbefore b JOIN sales_order o ON o.id = b.object_id AND o.version = b.version WHERE b.run_id = %(run)s
"""
RESTORE_LINES = """
INSERT INTO sales_orderline (order_id, product_id, text, quantity, unit_amount, discount_rate, line_amount)
SELECT c.id, l.* FROM change c, jsonb_to_recordset(c.lines) AS l (product_id bigint, text text, quantity numeric,
    unit_amount numeric, discount_rate numeric, line_amount numeric)
WHERE c.lines_differ
"""


def undo_orders(run: ImportRun, batch: ImportBatch) -> list[str]:
    """Delete the orders that a batch created and nobody changed since; their payers are computed anew."""
    params = {"ids": batch.created_ids, "actor": run.actor_id, "run": run.pk}
    with connection.cursor() as cursor:
        cursor.execute(GONE_ORDERS, params)
        for statement in DELETE_ORDERS:
            cursor.execute(statement)
        cursor.execute(GONE_AUDIT, params | {"action": "sales.order.undo_import", "type": "sales.order"})
        cursor.execute(KEPT_ORDERS, params)
        kept = [number for (number,) in cursor.fetchall()]
        cursor.execute("DROP TABLE gone")
    return kept_notes(kept)


def kept_notes(numbers: list[str]) -> list[str]:
    return [
        _("Order %(number)s stays as it is: it was changed after the import.") % {"number": number}
        for number in numbers
    ]


def undo_customers(run: ImportRun, batch: ImportBatch) -> list[str]:
    """Delete the customers that a batch created and nobody has worked with since; tell of the others."""
    used = customers_in_use(run, batch.customer_ids)
    params = {
        "ids": [pk for pk in batch.customer_ids if pk not in used],
        "actor": run.actor_id,
        "run": run.pk,
    }
    with connection.cursor() as cursor:
        cursor.execute(GONE, params)
        for model, column in owned_tables():
            cursor.execute(
                sql.SQL("DELETE FROM {} x USING gone WHERE x.{} = gone.id").format(
                    sql.Identifier(model._meta.db_table), sql.Identifier(column)
                )
            )
        for statement in DELETE_CUSTOMERS:
            cursor.execute(statement)
        cursor.execute(
            GONE_AUDIT, params | {"action": "contacts.customer.undo_import", "type": "contacts.customer"}
        )
        cursor.execute("DROP TABLE gone")
    names = Customer.objects.filter(pk__in=used).order_by("pk").values_list("pk", "name")
    return [
        _("%(name)s (customer %(pk)d) stays: it has been worked with.") % {"name": name, "pk": pk}
        for pk, name in names
    ]


def customers_in_use(run: ImportRun, ids: list[int]) -> set[int]:
    """Customers that were edited or that something else refers to by now."""
    used = set(Customer.objects.filter(pk__in=ids, version__gt=1).values_list("pk", flat=True))
    used |= set(
        ExternalId.objects.filter(customer_id__in=ids)
        .exclude(source=run.source)
        .values_list("customer_id", flat=True)
    )
    for relation in customer_relations():
        if relation.on_delete is not models.CASCADE or relation.related_model is Relationship:
            name = relation.field.attname
            rows = relation.related_model._base_manager.filter(**{f"{name}__in": ids})
            used |= set(rows.values_list(name, flat=True))
    used |= set(
        Customer.tags.through.objects.filter(customer_id__in=ids).values_list("customer_id", flat=True)
    )
    return used


def customer_relations() -> list[Any]:
    """Every foreign key to a customer, of whatever app."""
    return [relation for relation in Customer._meta.related_objects if not relation.many_to_many]


def owned_tables() -> list[tuple[type[models.Model], str]]:
    """What dies with a customer: ids, contact points, computed values."""
    return [
        (relation.related_model, relation.field.column)
        for relation in customer_relations()
        if relation.on_delete is models.CASCADE and relation.related_model is not Relationship
    ]


def undo_changes(run: ImportRun) -> list[str]:
    """Restore the orders that the import changed, unless somebody changed them since."""
    params = {"run": run.pk, "actor": run.actor_id, "action": "sales.order.undo_import"}
    with connection.cursor() as cursor:
        cursor.execute(RESTORE, params)
        cursor.execute(UPDATE.format(image="after"))
        cursor.execute(DELETE_LINES)
        cursor.execute(RESTORE_LINES)
        cursor.execute(AUDIT, params)
        cursor.execute(DIRTY)
        cursor.execute(
            "SELECT o.external_id FROM imports_importbefore b JOIN sales_order o ON o.id = b.object_id"
            " WHERE b.run_id = %(run)s AND NOT EXISTS (SELECT FROM change c WHERE c.id = o.id) ORDER BY o.id",
            params,
        )
        kept = [number for (number,) in cursor.fetchall()]
        cursor.execute("DROP TABLE change")
    run.befores.all().delete()
    return kept_notes(kept)
