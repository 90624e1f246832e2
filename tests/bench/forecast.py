"""The forecast of 200,000 deals, and what changed in it since last week, against one scan of the deals."""

from datetime import timedelta

from django.db import connection, transaction

from crm.company.selectors import company_day
from crm.staff.models import User
from sales.forecast import forecast
from sales.forecast_changes import changes
from sales.forecasting import Span
from sales.models import Deal
from sales.services.snapshot import snapshot_deals
from tests.bench import deals
from tests.bench.ledger import Ledger, median_seconds

COPIES = 10
WRITTEN = [
    field.column for field in Deal._meta.concrete_fields if not field.generated and not field.primary_key
]
COPY = f"""
INSERT INTO sales_deal ({", ".join(WRITTEN)})
SELECT {", ".join(f"d.{column}" for column in WRITTEN)} FROM sales_deal d, generate_series(2, {COPIES})
"""


def run(ledger: Ledger) -> None:
    deals.load()
    user = User.objects.get(email="all@bench.example")
    span = Span(company_day().replace(day=1), 6)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL max_parallel_workers_per_gather = 0")
        cursor.execute(COPY)
        snapshot_deals(company_day() - timedelta(days=7))
        cursor.execute("ANALYZE sales_deal, sales_dealsnapshot")
        floor = median_seconds(lambda: cursor.execute("SELECT sum(base_amount) FROM sales_deal"))
        name = f"forecast of {Deal.objects.count():,} deals"
        ledger.add(name, median_seconds(lambda: forecast(user, span, "owner")), floor, 10)
        ledger.add(f"{name}, what changed", median_seconds(lambda: changes(user, span)), floor, 10)
        transaction.set_rollback(True)
