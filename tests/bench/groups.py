"""The page of an RFM group over a million order lines, against one scan of the lines."""

from datetime import date

from django.db import connection

from contacts.choices import RfmGroup
from contacts.models import CustomerValue
from crm.staff.models import User
from sales.forecasting import Span
from sales.group_figures import figures, top_products
from sales.models import OrderLine
from tests.bench.ledger import Ledger, median_seconds
from tests.bench.recommendations import CUSTOMERS, lines_load, scan_floor

SPANS = ((date(2025, 7, 1), 12),)
VALUES = f"""
INSERT INTO contacts_customervalue (
    customer_id, run_number, as_of, computed_at, state, frequency, total_spend, rfm_group, quadrant, horizon_days,
    lifetime_value, churn_risk, value_category, lifecycle, aida_stage
)
SELECT id, 1, current_date, now(), 'predicted', 1, 1, (%s::text[])[1 + id %% {len(RfmGroup)}], '',
    90, 100, 0.3, 'A', '', '' FROM contacts_customer WHERE id <= {CUSTOMERS}
"""


def run(ledger: Ledger) -> None:
    if not OrderLine.objects.exists():
        lines_load()
    if not CustomerValue.objects.exists():
        with connection.cursor() as cursor:
            cursor.execute(VALUES, [RfmGroup.values])
            cursor.execute("VACUUM (ANALYZE) contacts_customervalue")
    user = User.objects.get(email="all@bench.example")
    floor = scan_floor()
    for first, months in SPANS:
        span = Span(first, months)
        found = figures(user, span)
        name = f"RFM group of {OrderLine.objects.count():,} lines, {found['all'].orders:,} orders of {months} months"
        ledger.add(name, median_seconds(lambda span=span: page(user, span), 3), floor, 60)


def page(user: User, span: Span) -> None:
    found = figures(user, span)
    top_products(user, found["champions"], found["all"], 12)
