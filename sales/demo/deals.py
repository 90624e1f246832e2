"""Two pipelines and a year of deals: won ones stand behind real orders, lost ones have reasons, open ones wait."""

from collections.abc import Iterator
from datetime import timedelta
from random import Random

from django.db.models import Exists, OuterRef

from contacts.choices import CustomerKind
from contacts.models import Customer
from crm.company.selectors import company_day
from sales.choices import ForecastCategory, OrderStatus, StageKind
from sales.demo.deal_book import Book
from sales.demo.deal_talk import talk
from sales.models import (
    Deal,
    Order,
    Pipeline,
    Stage,
)

WON, LOST, OPEN = 130, 95, 84
RENEWALS = (
    ("Due", StageKind.OPEN, 60, 21, ForecastCategory.BEST_CASE),
    ("Talked", StageKind.OPEN, 75, 14, ForecastCategory.BEST_CASE),
    ("Offer out", StageKind.OPEN, 90, 10, ForecastCategory.COMMIT),
    ("Won", StageKind.WON, 100, None, ForecastCategory.COMMIT),
    ("Lost", StageKind.LOST, 0, None, ForecastCategory.OMITTED),
)


def load(*, seed: int = 11) -> None:
    """Twice is once."""
    if Deal.objects.exists():
        return
    random = Random(seed)  # noqa: S311 - the same company every time, nothing secret
    book = Book(random, [main_pipeline(), renewals()])
    for order in won_orders():
        book.won(order)
    buyers = list(businesses())
    for _number in range(LOST):
        book.lost(random.choice(buyers))
    for _number in range(OPEN):
        book.open(random.choice(buyers))
    book.write()
    talk(book)


def main_pipeline() -> Pipeline:
    pipeline = Pipeline.objects.filter(deleted_at=None).first()
    if pipeline is None:
        raise LookupError("The first pipeline is written by a migration.")
    if pipeline.name == "Sales":
        pipeline.name = "New business"
        pipeline.save()
    return pipeline


def renewals() -> Pipeline:
    pipeline = Pipeline.objects.create(name="Renewals", position=1)
    Stage.objects.bulk_create(
        Stage(
            pipeline=pipeline, name=name, kind=kind, probability=chance, stale_days=idle,
            forecast_category=forecast, position=position,
        )
        for position, (name, kind, chance, idle, forecast) in enumerate(RENEWALS)
    )  # fmt: skip
    return pipeline


def won_orders() -> list[Order]:
    """Every third of the large orders of organisations in the last year."""
    since = company_day() - timedelta(days=365)
    rows = Order.objects.filter(
        source="tenure",
        status=OrderStatus.PLACED,
        placed_on__gte=since,
        payer__kind=CustomerKind.ORGANISATION,
    )
    return list(rows.select_related("customer", "payer").order_by("-base_amount")[: 3 * WON : 3])


def businesses() -> Iterator[Customer]:
    """Those who have ordered."""
    ordered = Exists(Order.objects.filter(payer=OuterRef("pk")))
    rows = Customer.objects.alive().filter(ordered, kind=CustomerKind.ORGANISATION)
    return rows.order_by("pk").iterator()
