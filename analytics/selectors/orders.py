"""Reading purchases out of the orders, as arrays."""

import math
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import Any

import numpy as np
from django.db import connection

from analytics.choices import Measure
from analytics.models import ValueSettings
from analytics.payers import Ints, PurchaseDays, collapsed
from crm.columnar.binary_copy import Connection, fetch_arrays, second_connection

COLUMNS = (
    "SELECT array_agg(payer_id << 22 | (placed_on - DATE '0001-01-01')), array_agg({money}) FROM sales_order"
)
REVENUE = "(base_amount * 100)::int8"
#: A quarter of a gigabyte of orders, and two gigabytes: some fifteen million rows.
TWO_CONNECTIONS_FROM_PAGES, SLICE_PAGES = 32_768, 262_144
LAST_ROW = "(4294967295,65535)"
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
    packed, cents = fetch_all(query, params) if payers is None else fetch(query, params)
    return collapsed(packed, cents)


def fetch(query: str, params: list[Any], via: Connection | None = None) -> tuple[Ints, Ints]:
    packed, cents = fetch_arrays(query, ("int8", "int8"), params, via=via)
    return packed.astype(np.int64, copy=False), cents.astype(np.int64, copy=False)


def fetch_all(query: str, params: list[Any]) -> tuple[Ints, Ints]:
    """A large table is read slice by slice, every other one over a second connection: two cores work on it.

    A slice stays far below the gigabyte that one array may have. The two connections may see different moments;
    that is harmless: an order that changes meanwhile leaves a dirty row, and the next pull computes its payer again.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_relation_size('sales_order') / 8192")
        pages = int(cursor.fetchone()[0])
    if pages < TWO_CONNECTIONS_FROM_PAGES:
        return fetch(query, params)
    bounds = slice_bounds(pages)
    with ThreadPoolExecutor(1) as pool, second_connection() as other:
        late = pool.submit(fetch_slices, query, params, bounds[1::2], other)
        found = fetch_slices(query, params, bounds[::2]) + late.result()
    packed, cents = zip(*found, strict=True)
    return np.concatenate(packed), np.concatenate(cents)


def slice_bounds(pages: int, longest: int = SLICE_PAGES) -> list[tuple[str, str]]:
    """An even number of slices of equal length; the last one is open, for rows that were added meanwhile."""
    count = 2 * math.ceil(pages / (2 * longest))
    starts = [f"({pages * number // count},0)" for number in range(count)]
    return list(zip(starts, [*starts[1:], LAST_ROW], strict=True))


def fetch_slices(
    query: str, params: list[Any], bounds: list[tuple[str, str]], via: Connection | None = None
) -> list[tuple[Ints, Ints]]:
    within = query + " AND ctid >= %s::tid AND ctid < %s::tid"
    return [fetch(within, [*params, start, end], via) for start, end in bounds]
