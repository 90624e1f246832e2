"""Companies for tests of the value engine: CDNOW's customers, or a few thousand invented ones."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np
import psycopg
from django.db import connection

from contacts.models import Customer
from crm.staff.models import Team
from sales.models import Order
from tests.analytics.cdnow import rows


def customers(count: int, first: int = 1) -> Team:
    team = Team.objects.create(name=f"Shop {first}")
    Customer.objects.bulk_create(
        [
            Customer(id=pk, name=f"Customer {pk}", sort_name=f"customer {pk}", team=team)
            for pk in range(first, first + count)
        ],
        batch_size=5000,
    )
    return team


def order(team: Team, payer: int, day: date, amount: float, number: str) -> Order:
    return Order(
        customer_id=payer,
        payer_id=payer,
        source="test",
        external_id=number,
        placed_at=datetime(day.year, day.month, day.day, 12, tzinfo=UTC),
        placed_on=day,
        currency="USD",
        amount=amount,
        base_amount=amount,
        team=team,
    )


def cdnow(name: str) -> None:
    """All transactions of a CDNOW file; some customers have several on one day, 255 rows repeat another."""
    found = rows(name)
    team = customers(max(customer for customer, *_ in found))
    Order.objects.bulk_create(
        [order(team, payer, day, amount, str(place)) for place, (payer, day, _, amount) in enumerate(found)],
        batch_size=5000,
    )


def shop(count: int, until: date, *, first: int = 1, seed: int = 1) -> Team:
    """Customers who buy and leave at random over three years."""
    team, random = customers(count, first), np.random.default_rng(seed)
    orders = []
    for payer in range(first, first + count):
        day, gap = until - timedelta(days=int(random.integers(10, 1000))), random.gamma(2, 30)
        while day <= until:
            orders.append(
                order(team, payer, day, float(random.integers(500, 9000)) / 100, f"{payer}-{len(orders)}")
            )
            if random.random() < 0.2:
                break
            day += timedelta(days=1 + int(random.exponential(gap)))
    Order.objects.bulk_create(orders, batch_size=5000)
    return team


def another_connection() -> "psycopg.Connection[tuple[Any, ...]]":
    """Somebody else at the same database, outside Django."""
    known = connection.settings_dict
    return psycopg.connect(
        host=known["HOST"],
        port=known["PORT"],
        dbname=known["NAME"],
        user=known["USER"],
        password=known["PASSWORD"],
    )
