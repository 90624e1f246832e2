"""One writer of values at a time: a lock that dies with its transaction."""

from django.db import connection

VALUES_LOCK = 7_201


def take_values_lock(*, wait: bool = True) -> bool:
    """Hold the lock until the transaction ends; without `wait`, False if somebody else holds it."""
    with connection.cursor() as cursor:
        if wait:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [VALUES_LOCK])
            return True
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [VALUES_LOCK])
        return bool(cursor.fetchone()[0])
