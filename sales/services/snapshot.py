"""Noting every day what the deals are, so that a forecast can be compared with that of last week."""

from datetime import date

from django.db import connection

from crm.company.selectors import company_day

# the open ones, and those that were closed in the last week or since the day before this one that was noted
SNAPSHOT = """
INSERT INTO sales_dealsnapshot (day, deal_id, owner_id, team_id, pipeline_id, stage_id, state, close_on, base_amount,
    probability, forecast_category)
SELECT %(day)s, id, owner_id, team_id, pipeline_id, stage_id, state, close_on, base_amount, probability,
    forecast_category
FROM sales_deal
WHERE deleted_at IS NULL AND (state = 'open' OR closed_at >= COALESCE(
    (SELECT max(day) FROM sales_dealsnapshot WHERE day < %(day)s), %(day)s::date - 7)::timestamptz - interval '1 day')
ORDER BY id
ON CONFLICT (day, deal_id) DO NOTHING
"""
KNOWN = "SELECT EXISTS (SELECT FROM sales_dealsnapshot WHERE day = %s)"


def snapshot_deals(day: date | None = None) -> int:
    """Note the deals as they are now, as those of a day (today); how many. A day is noted once."""
    of = day or company_day()
    with connection.cursor() as cursor:
        cursor.execute(KNOWN, [of])
        if cursor.fetchone()[0]:
            return 0
        cursor.execute(SNAPSHOT, {"day": of})
        return int(cursor.rowcount)
