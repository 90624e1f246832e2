"""Reading the maintained statistics of all payers, as arrays."""

import numpy as np

from analytics.payers import Payers
from crm.columnar.binary_copy import fetch_arrays

QUERY = """
SELECT array_agg(customer_id), array_agg(first_on - DATE '1970-01-01'), array_agg(last_on - DATE '1970-01-01'),
       array_agg(purchase_days), array_agg(orders), array_agg(amount), array_agg(repeat_amount),
       array_agg(recent_amount)
FROM analytics_payerstatistics"""
TYPES = ("int8", "int4", "int4", "int4", "int4", "float8", "float8", "float8")


def stored_payers() -> Payers:
    """Everyone with a placed order."""
    payer, first, last, days, orders, *amounts = fetch_arrays(QUERY, TYPES)
    whole = (column.astype(np.int64) for column in (payer, first, last, days, orders))
    return Payers(*(*whole, *amounts))
