"""Reading purchases out of the orders, as arrays."""

from datetime import date
from typing import Any

import numpy as np

from analytics.binary_copy import fetch_arrays
from analytics.choices import Measure
from analytics.models import ValueSettings
from analytics.payers import Ints, PurchaseDays, collapsed

COLUMNS = (
    "SELECT array_agg(payer_id << 22 | (placed_on - DATE '0001-01-01')), array_agg({money}) FROM sales_order"
)
REVENUE = "(base_amount * 100)::int8"
MARGIN = "(coalesce(margin_amount, base_amount * %s) * 100)::int8"


def purchase_days(
    settings: ValueSettings,
    *,
    up_to: date | None = None,
    since: date | None = None,
    payers: Ints | None = None,
) -> PurchaseDays:
    """Placed orders collapsed to one purchase per payer and day, in the measure of the settings.

    up_to, since: days that count, both included; payers: only these.
    """
    params: list[Any] = []
    money = REVENUE
    if settings.measure == Measure.MARGIN:
        money = MARGIN
        params.append(settings.margin_rate)
    query = COLUMNS.format(money=money) + " WHERE status = 'placed'"
    if up_to is not None:
        query += " AND placed_on <= %s"
        params.append(up_to)
    if since is not None:
        query += " AND placed_on >= %s"
        params.append(since)
    if payers is not None:
        query += " AND payer_id = ANY(%s)"
        params.append(payers.tolist())
    packed, cents = fetch_arrays(query, ("int8", "int8"), params)
    return collapsed(packed.astype(np.int64), cents.astype(np.int64))
