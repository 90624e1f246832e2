"""How many records a rule matches: at once from a sample where there are many, exactly when there is time."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from math import sqrt
from typing import Any, TypeVar

from django.db import OperationalError, connection, transaction
from django.db.models import Max, Min
from psycopg.errors import QueryCanceled

from crm.access.querysets import AccessQuerySet

T = TypeVar("T")
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

    @property
    def rounded(self) -> int:
        """No more digits than the sample knows."""
        digits: int = 10 ** (len(str(self.margin)) - 1)
        return round(self.count / digits) * digits


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
    count = in_time(lambda: rows.order_by().count())
    return estimate(rows) if count is None else Estimate(count)


def in_time(ask: Callable[[], T]) -> T | None:
    """The answer of a query that need not be had at any price; None when no page would wait so long."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT current_setting('statement_timeout')")
            (before,) = cursor.fetchone()
            cursor.execute("SELECT set_config('statement_timeout', %s, true)", [str(EXACT_MILLISECONDS)])
            found = ask()
            cursor.execute("SELECT set_config('statement_timeout', %s, true)", [before])
            return found
    except OperationalError as fault:
        if not isinstance(fault.__cause__, QueryCanceled):
            raise
        return None
