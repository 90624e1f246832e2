"""Signs of life: written by workers as they work, a few times a minute at most; read by the page of system health."""

import socket
import time
from datetime import timedelta

from django.db import DatabaseError, transaction
from django.utils import timezone

from crm.jobs.models import Pulse

EVERY_SECONDS = 10
FORGOTTEN = timedelta(days=7)
CLOCK, WORKER = "clock", "worker"
_written: dict[str, float] = {}


def beat_pulse() -> None:
    """Called by the sweeper, which only runs because the clock sent for it."""
    pulse(CLOCK)
    pulse(WORKER)
    Pulse.objects.filter(at__lt=timezone.now() - FORGOTTEN).delete()


def pulse(part: str) -> None:
    """Never in the way of the work itself: a database that is gone for a moment is not reported here."""
    now = time.monotonic()
    if now - _written.get(part, -EVERY_SECONDS) < EVERY_SECONDS:
        return
    try:
        with transaction.atomic():
            Pulse.objects.bulk_create(
                [Pulse(part=part, machine=socket.gethostname()[:100], at=timezone.now())],
                update_conflicts=True,
                unique_fields=["part", "machine"],
                update_fields=["at"],
            )
    except DatabaseError:
        return
    _written[part] = now
