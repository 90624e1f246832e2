"""Month by month: what was shown at the end of each month, and for past months what would have been."""

from dataclasses import replace
from datetime import date, timedelta

from django.db import connection

from analytics.assumptions import assumptions
from analytics.choices import Model
from analytics.knowledge import Knowledge
from analytics.models import ValueHistory, ValueSettings
from analytics.payers import PurchaseDays
from analytics.rfm import cut_points
from analytics.selectors.orders import purchase_days
from analytics.selectors.runs import value_settings
from analytics.services.fitting import fitted, lack
from analytics.valuation import valuation, whole_history
from analytics.value_rows import history_columns
from crm.columnar.binary_copy import write_rows
from crm.company.selectors import company_day


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


def past_months_fill(*, months: int) -> int:
    """For each of the last month ends: value everyone by what was known then; returns the rows written."""
    settings, written = value_settings(), 0
    days = purchase_days(settings)
    month_on = company_day()
    for _ in range(months):
        month_on = month_end_before(month_on)
        written += month_fill(settings, days.up_to(month_on), month_on)
    return written


def month_fill(settings: ValueSettings, days: PurchaseDays, month_on: date) -> int:
    payers = days.payers()
    if not len(payers):
        return 0
    window = whole_history(payers, month_on)
    known = Knowledge(cut_points(window.recency, window.frequency, window.monetary))
    models = None if lack(settings, payers, month_on) else fitted(payers, month_on, None)
    if models is not None:
        known = replace(known, champion=Model.MBG_NBD, mbg_nbd=models[0], gamma_gamma=models[1])
    found = valuation(payers, month_on, known, assumptions(settings), window)
    ValueHistory.objects.filter(month_on=month_on).delete()
    write_rows(ValueHistory._meta.db_table, history_columns(payers, found, month_on), len(payers))
    return len(payers)
