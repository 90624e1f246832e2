"""Numbers of orders and quotes come from sequences of the database: no two ever share one."""

from django.db import connection


def next_order_number() -> str:
    return f"SO-{next_value('sales_order_number')}"


def next_quote_number() -> str:
    return f"Q-{next_value('sales_quote_number')}"


def next_value(sequence: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(%s)", [sequence])
        value: int = cursor.fetchone()[0]
        return value
