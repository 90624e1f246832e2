"""What the fictional company sells, and three years of orders for it."""

import numpy as np
from django.db import connection

from contacts.models import Customer
from crm.search.services import index_many
from sales.demo.catalogue import products, rates
from sales.demo.orders import write_orders
from sales.models import Order
from sales.services.recommendation_refresh import recommendation_refresh

# A customer is as old as the first order, and no older than it for those who have none.
AGES = """
UPDATE contacts_customer c SET created_at = f.at, updated_at = f.last FROM (
    SELECT id, min(placed_at) - interval '3 days' AS at, max(placed_at) AS last FROM (
        SELECT customer_id AS id, placed_at FROM sales_order UNION ALL SELECT payer_id, placed_at FROM sales_order
    ) AS o GROUP BY id
) AS f WHERE f.id = c.id
"""
AGES_OF_OTHERS = """
UPDATE contacts_customer c SET created_at = f.at, updated_at = f.last FROM (
    SELECT i.customer_id AS id, min(happened_at) AS at, max(happened_at) AS last FROM contacts_interaction i
    WHERE NOT EXISTS (SELECT FROM sales_order o WHERE i.customer_id IN (o.customer_id, o.payer_id)) GROUP BY 1
) AS f WHERE f.id = c.id
"""
CONSENTS = """
UPDATE contacts_consent s SET recorded_at = c.created_at
    + CASE WHEN is_given THEN interval '0' ELSE interval '40 days' END
FROM contacts_customer c WHERE c.id = s.customer_id
"""
DIRTY = "INSERT INTO contacts_dirtycustomer (customer_id, kind) SELECT DISTINCT payer_id, 'order' FROM sales_order"


def load(*, seed: int = 7) -> None:
    """Products, exchange rates and the orders of every customer. Twice is once."""
    if Order.objects.exists():
        return
    random = np.random.default_rng(seed)
    rates(random)
    sold = products()
    write_orders(random, sold)
    with connection.cursor() as cursor:
        for statement in (AGES, AGES_OF_OTHERS, CONSENTS, DIRTY):
            cursor.execute(statement)
        cursor.execute("ANALYZE")
    index_many(sold)
    people = Customer.objects.select_related("organisation").prefetch_related(
        "contact_points", "external_ids"
    )
    index_many(people.iterator(chunk_size=2000))
    index_many(Order.objects.select_related("customer").iterator(chunk_size=5000))
    recommendation_refresh()
