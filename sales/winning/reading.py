"""Sights of deals out of the stage log and what was noted beside it, as arrays.

Nothing is read that was not known at the moment of the sight: steps, activities, tasks and notes of the day are taken
by when they were written; a task by when it was done or deleted; amount and expected close from the snapshot of that
day, the amount else from the step that led into the stage. What keeps no past (people, competitors, days of tasks, the
value of the customer) is left out.
"""

from datetime import date, timedelta
from typing import Any

from django.db import connection
from django.db.models import Count

from crm.columnar.binary_copy import fetch_arrays
from sales.choices import StageKind
from sales.models import Deal
from sales.winning.sights import Passes, Sights

EPOCH = date(1970, 1, 1)
#: how far back deals teach
YEARS_BACK = 3
MOST_SOURCES, FEWEST_OF_SOURCE = 6, 15
TYPES = (
    "int8", "int4", "int8", "int8", "int4", "int4", "int4", "float8", "float8", "float8", "int4", "int4", "int4",
    "int4", "int4", "int4", "int4",
)  # fmt: skip

COLUMNS = """
SELECT array_agg(id), array_agg(day - DATE '1970-01-01'), array_agg(stage_id), array_agg(pipeline_id), array_agg(hand),
    array_agg(won), array_agg(closed), array_agg(in_stage), array_agg(age), array_agg(amount), array_agg(activities),
    array_agg(planned), array_agg(bought), array_agg(source), array_agg(noted), array_agg(late), array_agg(moved)
FROM (
SELECT d.id, i.day, s.stage_id, d.pipeline_id, s.hand::int AS hand,
    (d.state = 'won')::int AS won,
    COALESCE((d.closed_at AT TIME ZONE %(zone)s)::date - DATE '1970-01-01', 0) AS closed,
    (EXTRACT(EPOCH FROM i.at - s.changed_at) / 86400)::float8 AS in_stage,
    GREATEST(EXTRACT(EPOCH FROM i.at - s.begun_at) / 86400, 0)::float8 AS age,
    COALESCE(CASE WHEN n.day IS NOT NULL THEN n.base_amount ELSE s.base_amount END, -1)::float8 AS amount,
    (SELECT count(*) FROM contacts_interaction x WHERE x.object_type = 'sales.deal' AND x.object_id = d.id
        AND x.happened_at <= i.at AND x.happened_at > i.at - interval '14 days' AND x.created_at <= i.at
        AND x.deleted_at IS NULL)::int AS activities,
    EXISTS (SELECT FROM contacts_task t WHERE t.object_type = 'sales.deal' AND t.object_id = d.id
        AND t.created_at <= i.at AND (t.done_at IS NULL OR t.done_at > i.at)
        AND (t.deleted_at IS NULL OR t.deleted_at > i.at))::int AS planned,
    EXISTS (SELECT FROM sales_order o WHERE o.payer_id = d.payer_id
        AND o.placed_on < (s.begun_at AT TIME ZONE %(zone)s)::date)::int AS bought,
    COALESCE(array_position(%(sources)s::text[], d.lead_source::text), 0) AS source,
    (n.day IS NOT NULL)::int AS noted,
    GREATEST(COALESCE(i.day - n.close_on, 0), 0) AS late,
    COALESCE(n.moved, 0)::int AS moved
"""
STEP = """
step AS (
    SELECT c.deal_id, c.to_stage_id AS stage_id, g.kind, g.probability AS hand, c.changed_at, c.base_amount,
        lead(c.changed_at) OVER way AS left_at, first_value(c.changed_at) OVER way AS begun_at
    FROM sales_stagechange c JOIN sales_stage g ON g.id = c.to_stage_id JOIN sales_deal d ON d.id = c.deal_id
    WHERE c.undone_at IS NULL AND d.deleted_at IS NULL AND (d.state = 'open') = %(open)s
        AND (d.closed_at IS NULL OR d.closed_at >= %(since)s)
    WINDOW way AS (PARTITION BY c.deal_id ORDER BY c.changed_at, c.id)
),
"""
# the close noted on the days that are looked at, and how often it was put off until then
MOVED = """
    SELECT deal_id, day, close_on, base_amount, sum(later) OVER (PARTITION BY deal_id ORDER BY day) AS moved FROM (
        SELECT n.deal_id, n.day, n.close_on, n.base_amount,
            (n.close_on > lag(n.close_on) OVER (PARTITION BY n.deal_id ORDER BY n.day))::int AS later
        FROM sales_dealsnapshot n WHERE n.day = ANY(%(days)s) AND n.state = 'open'
    ) AS noted
"""
PAST = f"""
WITH {STEP} note AS ({MOVED}),
instant AS (SELECT day, (day + 1)::timestamp AT TIME ZONE %(zone)s AS at FROM unnest(%(days)s::date[]) AS day)
{COLUMNS}
FROM step s JOIN instant i ON i.at >= s.changed_at AND i.at < s.left_at
JOIN sales_deal d ON d.id = s.deal_id
LEFT JOIN note n ON n.deal_id = d.id AND n.day = i.day
WHERE s.kind = 'open' ORDER BY d.id, i.day) AS sight
"""  # noqa: S608
# of an open deal everything is known as it is now
NOW = f"""
WITH {STEP} past AS ({MOVED}),
note AS (
    SELECT d.id AS deal_id, %(today)s::date AS day, d.close_on, d.base_amount,
        COALESCE(p.moved, 0) + COALESCE((d.close_on > p.close_on)::int, 0) AS moved
    FROM sales_deal d
    LEFT JOIN (SELECT DISTINCT ON (deal_id) * FROM past ORDER BY deal_id, day DESC) p ON p.deal_id = d.id
    WHERE d.state = 'open' AND d.deleted_at IS NULL
),
instant AS (SELECT %(today)s::date AS day, now() AS at)
{COLUMNS}
FROM instant i CROSS JOIN sales_deal d
JOIN step s ON s.deal_id = d.id AND s.left_at IS NULL AND s.kind = 'open'
JOIN note n ON n.deal_id = d.id
WHERE d.state = 'open' AND d.deleted_at IS NULL ORDER BY d.id) AS sight
"""  # noqa: S608
PASSES = """
SELECT array_agg(c.from_stage_id), array_agg(c.seconds / 86400.0::float8),
    array_agg((d.closed_at AT TIME ZONE %(zone)s)::date - DATE '1970-01-01')
FROM sales_stagechange c JOIN sales_deal d ON d.id = c.deal_id JOIN sales_stage g ON g.id = c.from_stage_id
WHERE c.undone_at IS NULL AND d.deleted_at IS NULL AND d.state = 'won' AND g.kind = 'open' AND d.closed_at >= %(since)s
"""


def past_sights(today: date, zone: str, sources: list[str]) -> Sights:
    """Closed deals at the end of the same day of every week in which they were open."""
    asked = terms(today, zone, sources) | {"open": False}
    return Sights(*fetch_arrays(PAST, TYPES, asked))


def sights_now(today: date, zone: str, sources: list[str]) -> Sights:
    asked = terms(today, zone, sources) | {"open": True, "today": today}
    return Sights(*fetch_arrays(NOW, TYPES, asked))


def passes(today: date, zone: str) -> Passes:
    found = fetch_arrays(PASSES, ("int8", "float8", "int4"), terms(today, zone, []))
    return Passes(*found)


def terms(today: date, zone: str, sources: list[str]) -> dict[str, Any]:
    weeks = range(1, YEARS_BACK * 52 + 1)
    return {
        "days": [today - timedelta(weeks=week) for week in weeks],
        "since": since(today),
        "zone": zone,
        "sources": sources,
    }


def since(today: date) -> date:
    return today - timedelta(weeks=YEARS_BACK * 52)


def frequent_sources(today: date) -> list[str]:
    """The lead sources that enough closed deals came from."""
    rows = Deal.objects.filter(deleted_at=None, closed_at__date__gte=since(today)).exclude(lead_source="")
    found = (
        rows.exclude(state=StageKind.OPEN).order_by().values_list("lead_source").annotate(count=Count("pk"))
    )
    often = [(count, name) for name, count in found if count >= FEWEST_OF_SOURCE]
    return [name for _count, name in sorted(often, reverse=True)[:MOST_SOURCES]]


def day_of(number: int) -> date:
    return EPOCH + timedelta(days=number)


def settle_memory() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL work_mem = '64MB'")
