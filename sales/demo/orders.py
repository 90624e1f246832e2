"""Orders with lines for every customer of the fictional company, written by COPY."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from zoneinfo import ZoneInfo

import numpy as np
from django.db import connection
from django.utils import timezone
from numpy.typing import NDArray

from contacts.choices import CustomerKind
from contacts.models import Customer
from crm.company.selectors import company, company_day
from crm.money.models import ExchangeRate
from sales.demo.catalogue import CATALOGUE, TASTES
from sales.demo.purchases import BUSINESS, HOME, order_days
from sales.models import Product

DAYS = 3 * 365
CENT = Decimal("0.01")
CURRENCIES = {"GB": "GBP", "US": "USD"}
STATUSES = ("placed", "cancelled", "returned")
STATUS_BOUNDS = (0.965, 0.985)
ORDER_COLUMNS = (
    "id, version, created_at, updated_at, owner_id, team_id, customer_id, payer_id, source, external_id, status,"
    " placed_at, placed_on, currency, amount, base_amount, margin_amount"
)
LINE_COLUMNS = "order_id, product_id, text, quantity, unit_amount, discount_rate, line_amount"


@dataclass(frozen=True)
class Buyer:
    """Who pays, and who may order on their behalf."""

    payer: Customer
    people: tuple[Customer, ...]
    size: float
    taste: int

    @property
    def is_business(self) -> bool:
        return self.payer.kind == CustomerKind.ORGANISATION


def write_orders(random: np.random.Generator, products: list[Product]) -> None:
    """Draw and write everything in the order of time, so that numbers and ids rise with it."""
    today = company_day()
    start = today - timedelta(days=DAYS)
    months = np.array([(start + timedelta(days=day)).month - 1 for day in range(DAYS + 1)])
    dated = [
        (int(day), buyer)
        for habit, group in zip((HOME, BUSINESS), buyers(random), strict=True)
        for buyer, days in zip(group, order_days(random, len(group), DAYS, months, habit), strict=True)
        for day in days
    ]
    dated.sort(key=lambda found: found[0])
    shop = Shop(random, products)
    for day, buyer in dated:
        shop.sell(buyer, start + timedelta(days=day))
    shop.write()


def buyers(random: np.random.Generator) -> tuple[list[Buyer], list[Buyer]]:
    """Private people and organisations; leads have not bought yet."""
    staff: dict[int, list[Customer]] = defaultdict(list)
    for person in Customer.objects.exclude(organisation=None).order_by("pk"):
        staff[person.organisation_id or 0].append(person)
    found: tuple[list[Buyer], list[Buyer]] = ([], [])
    for payer in Customer.objects.filter(organisation=None, lead_status="").order_by("pk"):
        business = payer.kind == CustomerKind.ORGANISATION
        size = float(random.lognormal(0.9 if business else 0.0, 0.55))
        found[business].append(
            Buyer(payer, tuple(staff[payer.pk]) or (payer,), size, int(random.integers(len(TASTES))))
        )
    return found


class Shop:
    """Collects rows for COPY; money is exact."""

    def __init__(self, random: np.random.Generator, products: list[Product]) -> None:
        self.random, self.products, self.number = random, products, 0
        self.zone, self.now = ZoneInfo(company().time_zone), timezone.now()
        weights = np.array([row[4:] for row in CATALOGUE], dtype=float).T
        self.cumulated = np.array([np.cumsum(weights * liking(taste), axis=1) for taste in TASTES])
        self.rates = self.read_rates()
        self.orders: list[tuple[object, ...]] = []
        self.lines: list[tuple[object, ...]] = []

    def read_rates(self) -> dict[str, list[tuple[date, Decimal]]]:
        found: dict[str, list[tuple[date, Decimal]]] = defaultdict(list)
        for row in ExchangeRate.objects.order_by("-valid_on"):
            found[row.currency].append((row.valid_on, row.rate))
        return found

    def sell(self, buyer: Buyer, day: date) -> None:
        random, payer = self.random, buyer.payer
        self.number += 1
        currency = CURRENCIES.get(payer.country, company().currency)
        rate = next((rate for since, rate in self.rates[currency] if since <= day), Decimal(1))
        lines = list(self.basket(buyer, rate))
        amount = sum((line[-1] for line in lines), Decimal(0))
        base = rounded(amount * rate)
        cost = sum((product.cost_amount or Decimal(0)) * quantity for product, quantity, *_rest in lines)
        customer = buyer.people[int(random.integers(len(buyer.people)))] if random.random() < 0.8 else payer
        status = STATUSES[int(np.searchsorted(STATUS_BOUNDS, random.random()))]
        at = self.moment(day)
        source, prefix = ("tenure", "SO-") if buyer.is_business else ("web shop", "W-")
        self.orders.append(
            (self.number, 1, at, at, payer.owner_id, payer.team_id, customer.pk, payer.pk, source,
             f"{prefix}{10_000 + self.number}", status, at, day, currency, amount, base, base - cost)
        )  # fmt: skip
        self.lines += [
            (self.number, product.pk, product.name, quantity, unit, discount, total)
            for product, quantity, unit, discount, total in lines
        ]

    def basket(self, buyer: Buyer, rate: Decimal) -> Iterator[tuple[Product, int, Decimal, Decimal, Decimal]]:
        """A few different products; large customers take more of each and get a discount."""
        random, business = self.random, int(buyer.is_business)
        kinds = min(1 + int(random.poisson(1.6 if business else 0.8)), 6)
        cumulated = self.cumulated[buyer.taste][business]
        drawn = np.searchsorted(cumulated, random.random(kinds) * cumulated[-1])
        for place in sorted({int(place) for place in drawn}):
            product = self.products[place]
            price = product.price_amount or Decimal(0)
            quantity = 1 if price > 200 else 1 + int(random.poisson(buyer.size * (2.2 if business else 0.6)))
            discount = Decimal(10) if business and buyer.size > 4 else Decimal(0)
            unit = rounded(price / rate)
            yield product, quantity, unit, discount, rounded(unit * quantity * (100 - discount) / 100)

    def moment(self, day: date) -> datetime:
        minute = int(self.random.integers(7 * 60, 22 * 60))
        at = datetime(day.year, day.month, day.day, minute // 60, minute % 60, tzinfo=self.zone)
        return min(at, self.now)

    def write(self) -> None:
        with connection.cursor() as cursor:
            for table, columns, rows in (
                ("sales_order", ORDER_COLUMNS, self.orders),
                ("sales_orderline", LINE_COLUMNS, self.lines),
            ):
                with cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
                    for row in rows:
                        copy.write_row(row)
            cursor.execute("SELECT setval(pg_get_serial_sequence('sales_order', 'id'), %s)", [self.number])
            cursor.execute("SELECT setval('sales_order_number', %s)", [10_000 + self.number])


def liking(taste: tuple[str, ...]) -> NDArray[np.float64]:
    """How much more than others a buyer of this taste buys of each product."""
    return np.array([2.5 if any(word in row[0] for word in taste) else 0.4 for row in CATALOGUE])


def rounded(amount: Decimal) -> Decimal:
    return amount.quantize(CENT, rounding=ROUND_HALF_UP)
