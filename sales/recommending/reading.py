"""Purchases out of the orders, as arrays."""

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from django.db import connection

from contacts.choices import CustomerKind
from contacts.models import Customer
from crm.columnar.binary_copy import fetch_arrays
from sales.models import Product
from sales.recommending.purchases import Ints, Purchases, purchases

EPOCH = date(1970, 1, 1)
# every line of an order that was neither cancelled nor sent back
LINES = """
SELECT array_agg(o.payer_id), array_agg(l.product_id), array_agg(o.placed_on - DATE '1970-01-01')
FROM sales_orderline l JOIN sales_order o ON o.id = l.order_id
WHERE o.status = 'placed' AND l.product_id IS NOT NULL AND l.quantity > 0 AND o.placed_on <= %s
"""
ORGANISATIONS = f"SELECT array_agg(id) FROM {Customer._meta.db_table} WHERE kind = %s"  # noqa: S608
SOLD = f"SELECT array_agg(id) FROM {Product._meta.db_table} WHERE is_active"  # noqa: S608


@dataclass(frozen=True, slots=True)
class Lines:
    """How many order lines there were, and from when to when."""

    count: int
    first_on: date | None
    last_on: date | None


def purchases_until(day: date) -> tuple[Purchases, Lines]:
    """What every payer bought until the end of a day, and the lines that tell it."""
    customer, product, days = fetch_arrays(LINES, ("int8", "int8", "int4"), [day])
    (organisations,) = fetch_arrays(ORGANISATIONS, ("int8",), [CustomerKind.ORGANISATION.value])
    bounds = (days.min(), days.max()) if len(days) else ()
    first_on, last_on = (EPOCH + timedelta(days=int(found)) for found in bounds) if bounds else (None, None)
    return purchases(customer, product, days, organisations), Lines(len(days), first_on, last_on)


def sold_places(known: Purchases) -> Ints:
    """The places of the products that are sold today: nothing else is recommended."""
    (ids,) = fetch_arrays(SOLD, ("int8",))
    return np.flatnonzero(np.isin(known.product, ids))


def settle_memory() -> None:
    """Sorting and hashing a few million lines fits into memory; for this transaction only."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL work_mem = '64MB'")
