"""Recommendations for a shop with a million order lines, writing included, against a scan of the lines."""

import numpy as np
from django.db import connection, transaction

from crm.columnar.binary_copy import Cells, fetch_arrays, write_rows
from sales.models import OrderLine, Product, Recommendation, RecommendationRun
from sales.services.recommendation_refresh import recommendation_refresh
from tests.bench.company import TODAY
from tests.bench.ledger import Ledger, median_seconds

CUSTOMERS, PRODUCTS, TASTES = 100_000, 2_000, 40
SEED = 20261126
ORDERS = "SELECT array_agg(id), array_agg(customer_id) FROM sales_order WHERE customer_id <= %s"
LINES = """
INSERT INTO sales_orderline (order_id, product_id, text, quantity, unit_amount, discount_rate, line_amount)
SELECT b.order_id, b.product_id, 'Product ' || b.product_id, 1, o.amount, 0, o.amount
FROM bench_line b JOIN sales_order o ON o.id = b.order_id ORDER BY b.order_id
"""


def run(ledger: Ledger) -> None:
    if not OrderLine.objects.exists():
        lines_load()
    refresh()  # the first fills what was empty
    found = RecommendationRun.objects.latest("pk")
    name = f"recommendations, {found.customers:,} customers, {found.lines:,} lines"
    ledger.add(name, median_seconds(refresh, 3), scan_floor(), 150)
    found = RecommendationRun.objects.latest("pk")
    print(f"     {Recommendation.objects.count():,} rows, {found.rules:,} rules, {found.seconds}", flush=True)
    print(f"     back-test {found.backtest}", flush=True)


def refresh() -> None:
    recommendation_refresh(as_of=TODAY)


def scan_floor() -> float:
    """One sequential scan of the lines, by one process."""
    with connection.cursor() as cursor:
        cursor.execute("SET max_parallel_workers_per_gather = 0")
        floor = median_seconds(lambda: cursor.execute("SELECT sum(line_amount) FROM sales_orderline"))
        cursor.execute("RESET max_parallel_workers_per_gather")
    return floor


def lines_load() -> None:
    """A line for every order of the first customers; each has two tastes, seven of ten lines are of them."""
    Product.objects.bulk_create(
        Product(code=f"B-{number}", name=f"Product {number}", price_amount=10) for number in range(PRODUCTS)
    )
    first = Product.objects.order_by("pk").values_list("pk", flat=True)[0]
    order, customer = fetch_arrays(ORDERS, ("int8", "int8"), [CUSTOMERS])
    product = first + products_bought(np.random.default_rng(SEED), customer)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMPORARY TABLE bench_line (order_id bigint, product_id bigint) ON COMMIT DROP"
        )
        write_rows(
            "bench_line", [Cells("order_id", "int8", order), Cells("product_id", "int8", product)], len(order)
        )
        cursor.execute("ANALYZE bench_line")
        cursor.execute(LINES)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM (ANALYZE) sales_orderline")


def products_bought(random: np.random.Generator, customer: np.ndarray) -> np.ndarray:
    rows, per_taste = len(customer), PRODUCTS // TASTES
    tastes = random.integers(0, TASTES, (CUSTOMERS + 1, 2))
    own = tastes[customer, random.integers(0, 2, rows)]
    taste = np.where(random.random(rows) < 0.7, own, random.integers(0, TASTES, rows))
    popularity = 1 / np.arange(1, per_taste + 1) ** 0.8
    place: np.ndarray = taste * per_taste + random.choice(per_taste, rows, p=popularity / popularity.sum())
    return place
