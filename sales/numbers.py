"""Order numbers come from a sequence of the database: no two orders ever share one."""

from django.db import connection


def next_order_number() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('sales_order_number')")
        return f"SO-{cursor.fetchone()[0]}"
