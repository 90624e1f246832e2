"""When a deal that nobody does anything about becomes stale. Pure."""

from datetime import datetime, timedelta
from typing import Protocol


class HasStaleDays(Protocol):
    @property
    def stale_days(self) -> int | None: ...


def stale_moment(stage: HasStaleDays, active_at: datetime) -> datetime | None:
    """The moment after which the deal has been idle for longer than its stage allows; None where it may be."""
    return active_at + timedelta(days=stage.stale_days) if stage.stale_days else None
