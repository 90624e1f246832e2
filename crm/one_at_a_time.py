"""What may not be done twice at the same moment, where no row is there to lock."""

from django.db import connection


def wait_for_turn(what: str) -> None:
    """Whoever names the same `what` waits until this transaction ends; outside of one it holds nobody up."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [what])
