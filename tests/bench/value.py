"""The value engine against a sequential scan, and its fit against the package lifetimes."""

from datetime import timedelta

import numpy as np
from django.db import connection, transaction
from lifetimes import BetaGeoFitter
from lifetimes.utils import ConvergenceError

from analytics.btyd import fit_bg_nbd
from analytics.btyd.history import Floats
from analytics.models import ValueSettings
from analytics.selectors.statistics import stored_payers
from analytics.services.refresh import value_refresh
from analytics.services.statistics import statistics_pull
from crm.columnar.binary_copy import raw_connection
from sales.models import Order
from tests.bench.company import CUSTOMERS, TODAY
from tests.bench.ledger import Ledger, median_seconds, seconds

NEW_ORDERS = 10_000


def run(ledger: Ledger) -> None:
    raw_connection().execute("DELETE FROM contacts_dirtycustomer")
    ValueSettings.objects.update_or_create(pk=1, defaults={"statistics_measure": ""})
    cold = seconds(refresh)
    ledger.add("value refresh, cold from raw orders", cold, scan_floor(), 25)
    ledger.add("value refresh, warm", median_seconds(refresh, 3), scan_floor(), 12)
    place_orders()
    fresh = seconds(statistics_pull)
    ledger.add(f"fresh fields after {NEW_ORDERS:,} new orders", fresh, scan_floor(), 6)
    fit(ledger)


def scan_floor() -> float:
    """One sequential scan of the narrow table, in the same minute as what is compared with it."""
    with connection.cursor() as cursor:
        cursor.execute("SET max_parallel_workers_per_gather = 0")
        floor = median_seconds(lambda: cursor.execute("SELECT sum(cents) FROM bench_order"))
        cursor.execute("RESET max_parallel_workers_per_gather")
    return floor


def refresh() -> None:
    done = value_refresh(as_of=TODAY + timedelta(days=1))
    print(f"     {done.payers:,} payers, {done.champion}, {done.seconds}", flush=True)


def place_orders() -> None:
    """New orders of random customers on the next day, each with its dirty row, as the services leave them."""
    random = np.random.default_rng(1)
    day = TODAY + timedelta(days=1)
    pairs = [(int(pk), 1 + place) for place, pk in enumerate(random.integers(1, CUSTOMERS + 1, NEW_ORDERS))]
    base = Order.objects.order_by("-id").values_list("id", flat=True)[0]
    columns = (
        "id, version, created_at, updated_at, team_id, customer_id, payer_id, source, external_id, status, placed_at,"
        " placed_on, currency, amount, base_amount"
    )
    with transaction.atomic(), raw_connection().cursor() as cursor:
        with cursor.copy(f"COPY sales_order ({columns}) FROM STDIN") as copy:
            for pk, place in pairs:
                at = f"{day} 12:00+00"
                copy.write_row(
                    (
                        base + place,
                        1,
                        at,
                        at,
                        1,
                        pk,
                        pk,
                        "new",
                        base + place,
                        "placed",
                        at,
                        day,
                        "USD",
                        42,
                        42,
                    )
                )
        with cursor.copy("COPY contacts_dirtycustomer (customer_id, kind) FROM STDIN") as copy:
            for pk, _place in pairs:
                copy.write_row((pk, "order"))
        cursor.execute(
            "SELECT setval(pg_get_serial_sequence('sales_order', 'id'), %s)", [base + NEW_ORDERS + 1]
        )


def fit(ledger: Ledger) -> None:
    """The same BG/NBD on the same arrays; lifetimes with its ordinary settings."""
    payers = stored_payers()
    history = (payers.x, payers.t_x, payers.T(TODAY + timedelta(days=1)))
    ours = median_seconds(lambda: fit_bg_nbd(*history), 3)
    theirs = seconds(lambda: lifetimes_fit(*history))
    ledger.add(f"BG/NBD fit of {len(payers):,} payers, lifetimes over ours", theirs, ours, 10, at_least=True)


def lifetimes_fit(x: Floats, t_x: Floats, age: Floats) -> None:
    """Its time counts also where it ends without converging."""
    try:
        BetaGeoFitter().fit(x, t_x, age)
    except ConvergenceError:
        print("     lifetimes did not converge", flush=True)
