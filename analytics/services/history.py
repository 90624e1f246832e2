"""Month by month: what was shown at the end of each month, and for past months what would have been."""

from datetime import date, timedelta

from django.db import connection

from analytics.assumptions import assumptions
from analytics.knowledge import Knowledge
from analytics.models import ValueHistory, ValueSettings
from analytics.payers import PurchaseDays
from analytics.rfm import cut_points
from analytics.table_swap import merge_rows
from analytics.valuation import valuation, whole_history
from analytics.value_rows import history_columns


def month_end_before(day: date) -> date:
    return day.replace(day=1) - timedelta(days=1)


def month_closed(as_of: date) -> None:
    """At the first refresh of a month, keep the values computed last in the month before as its month end."""
    month_on = month_end_before(as_of)
    if ValueHistory.objects.filter(month_on=month_on).exists():
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO analytics_valuehistory (customer_id, month_on, rfm_group, lifetime_value, churn_risk) "
            "SELECT customer_id, %s, rfm_group, lifetime_value, churn_risk FROM contacts_customervalue "
            "WHERE as_of > %s AND as_of <= %s ON CONFLICT DO NOTHING",
            [month_on, month_end_before(month_on), month_on],
        )
