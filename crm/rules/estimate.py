"""How many records a rule matches: at once from a sample where there are many, exactly when there is time."""

import random
from dataclasses import dataclass
from math import sqrt
from typing import Any

from django.db import OperationalError, connection, transaction
from django.db.models import Max, Min
from psycopg.errors import QueryCanceled

from crm.access.querysets import AccessQuerySet

SAMPLE = 4_000
#: no page waits longer for a number
EXACT_MILLISECONDS = 1_500
#: below so many keys every record is asked at once
SMALL = 20_000


@dataclass(frozen=True)
class Estimate:
    """`count` of the matching records; `margin` is about two standard errors, 0 when the count is exact."""

    count: int
    margin: int = 0

    @property
    def is_exact(self) -> bool:
        return self.margin == 0


def estimate(rows: AccessQuerySet[Any]) -> Estimate:
    """Of rows that are spread over the keys of their table: asks SAMPLE random keys, or all of a small one."""
    ends = rows.model._base_manager.aggregate(low=Min("pk"), high=Max("pk"))
    if ends["low"] is None:
        return Estimate(0)
    width = ends["high"] - ends["low"] + 1
    if width <= SMALL:
        return Estimate(rows.order_by().count())
    keys = random.Random(width).sample(range(ends["low"], ends["high"] + 1), SAMPLE)  # noqa: S311 - a sample
    hits = rows.order_by().filter(pk__in=keys).count()
    share = hits / SAMPLE
    margin = 2 * sqrt(max(share * (1 - share), 1 / SAMPLE) / SAMPLE)
    return Estimate(round(share * width), max(1, round(margin * width)))


def exact(rows: AccessQuerySet[Any]) -> Estimate:
    """The number itself, if it is counted in time; else the estimate."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT current_setting('statement_timeout')")
            (before,) = cursor.fetchone()
            cursor.execute("SELECT set_config('statement_timeout', %s, true)", [str(EXACT_MILLISECONDS)])
            count = rows.order_by().count()
            cursor.execute("SELECT set_config('statement_timeout', %s, true)", [before])
            return Estimate(count)
    except OperationalError as fault:
        if not isinstance(fault.__cause__, QueryCanceled):
            raise
        return estimate(rows)
