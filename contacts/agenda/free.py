"""When somebody can be met: open hours without what is planned, with a pause around it. Pure."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from crm.calendars.arithmetic import Span

LONG, SHORT = timedelta(minutes=30), timedelta(minutes=15)


def starts(
    openings: Iterable[Span], busy: Iterable[Span], lasts: timedelta, pause: timedelta, earliest: datetime
) -> Iterator[datetime]:
    """Each half hour (of short meetings each quarter) from the opening on at which there is room."""
    taken = sorted((start - pause, end + pause) for start, end in busy)
    step = LONG if lasts >= LONG else SHORT
    for opens, closes in openings:
        start = opens
        while start + lasts <= closes:
            if start >= earliest and not any(begin < start + lasts and start < end for begin, end in taken):
                yield start
            start += step
