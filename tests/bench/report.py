"""The report of sales over 200,000 deals with their steps, of a quarter, against one scan of the deals."""

from django.db import connection, transaction

from crm.company.selectors import company_day
from crm.staff.models import User
from sales.models import Deal, StageChange
from sales.reporting.period import before, named
from sales.reporting.scope import Scope
from sales.selectors import first_pipeline_id
from sales.services.snapshot import snapshot_deals
from sales.views.report import found
from tests.bench import deals
from tests.bench.forecast import COPY
from tests.bench.ledger import Ledger, median_seconds

# closed over the last two years, each after three steps on its way
SPREAD = """
UPDATE sales_deal SET close_on = current_date - (id % 730)::int, closed_at = now() - (id % 730) * interval '1 day',
    created_at = now() - (id % 730 + 40) * interval '1 day', lead_source = 'Source ' || id % 7 WHERE state <> 'open'
"""
STEPS = """
INSERT INTO sales_stagechange (deal_id, from_stage_id, to_stage_id, changed_at, seconds, before)
SELECT d.id, lag(s.id) OVER way, s.id, d.created_at + (row_number() OVER way - 1) * interval '9 days', 777600, '{}'
FROM sales_deal d JOIN sales_stage s ON s.pipeline_id = d.pipeline_id AND (s.position < 3 OR s.id = d.stage_id)
WINDOW way AS (PARTITION BY d.id ORDER BY s.position)
"""


def run(ledger: Ledger) -> None:
    deals.load()
    user, today = User.objects.get(email="all@bench.example"), company_day()
    period = named("quarter", today)
    scope = Scope(user, period, before(period, today))
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL max_parallel_workers_per_gather = 0")
        for statement in (COPY, SPREAD, STEPS):
            cursor.execute(statement)
        snapshot_deals(period.first)
        cursor.execute("ANALYZE sales_deal, sales_stagechange, sales_dealsnapshot")
        floor = median_seconds(lambda: cursor.execute("SELECT sum(base_amount) FROM sales_deal"))
        name = f"report of {Deal.objects.count():,} deals, {StageChange.objects.count():,} steps"
        ledger.add(name, median_seconds(lambda: found(scope, "owner", first_pipeline_id())), floor, 15)
        transaction.set_rollback(True)
