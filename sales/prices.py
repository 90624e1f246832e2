"""What products cost a customer in a currency on a day: by the first price book that holds and has them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cached_property

from contacts.models import Customer
from crm.money.services import rate_on, rounded
from sales.book_rules import verdicts
from sales.models import PriceBook, PriceBookEntry, Product

ONE = Decimal(1)


@dataclass(frozen=True)
class Price:
    """Of one unit; `book` is None for the list price."""

    amount: Decimal
    book: PriceBook | None = None


@dataclass(frozen=True)
class Standing:
    """A book of these days and a customer: `holds` is None where its rule cannot be asked any more."""

    book: PriceBook
    holds: bool | None


@dataclass(frozen=True)
class Pricing:
    """Prices for one customer (or for nobody in particular), currency and day.

    Books are read in one query and asked in one more; prices in one for all products that are asked for together.
    Only books in this currency count: elsewhere the list price at the day's rate holds, and where there is no rate,
    none (NoRate).
    """

    customer: Customer | None
    currency: str
    day: date
    known: dict[int, list[PriceBookEntry]] = field(default_factory=dict)

    @cached_property
    def standings(self) -> list[Standing]:
        """Every book of these days, in any currency, the first one first."""
        rows = [
            book
            for book in PriceBook.objects.filter(is_active=True, deleted_at=None)
            if book.holds_on(self.day)
        ]
        payer = self.customer and (self.customer.organisation or self.customer)
        found = verdicts(rows, payer)
        return [Standing(book, found[book.pk]) for book in sorted(rows, key=lambda book: book.order)]

    @cached_property
    def books(self) -> list[PriceBook]:
        """Those that hold, the first one first."""
        return [one.book for one in self.standings if one.holds and one.book.currency == self.currency]

    @cached_property
    def rate(self) -> Decimal:
        """Raises NoRate."""
        return rate_on(self.currency, self.day)

    def read(self, products: Iterable[Product]) -> "Pricing":
        """Read what the books that hold say of these products, all at once."""
        missing = {product.pk for product in products} - self.known.keys()
        if not missing:
            return self
        self.known.update({pk: [] for pk in missing})
        if not self.books:
            return self
        places = {book.pk: book for book in self.books}
        rows = PriceBookEntry.objects.filter(book__in=places, product__in=missing, deleted_at=None)
        for row in rows.order_by("from_quantity"):
            row.book = places[row.book_id]
            self.known[row.product_id].append(row)
        return self

    def price(self, product: Product, quantity: Decimal = ONE) -> Price | None:
        """By the first book that has a price for so many; else the list price. Raises NoRate."""
        entry = self.entry(product, quantity)
        if entry is not None:
            return Price(entry.unit_amount, entry.book)
        if product.price_amount is None:
            return None
        return Price(rounded(product.price_amount / self.rate, self.currency))

    def entry(self, product: Product, quantity: Decimal) -> PriceBookEntry | None:
        for rows in self.by_book(product):
            reached = [row for row in rows if row.from_quantity <= quantity]
            if reached:
                return reached[-1]
        return None

    def next_step(self, product: Product, quantity: Decimal) -> PriceBookEntry | None:
        """The next quantity from which one costs less in the book that prices so many."""
        now = self.entry(product, quantity)
        for rows in self.by_book(product):
            if now is None or rows[0].book_id == now.book_id:
                more = [row for row in rows if row.from_quantity > quantity]
                return next((row for row in more if now is None or row.unit_amount < now.unit_amount), None)
        return None

    def by_book(self, product: Product) -> Sequence[list[PriceBookEntry]]:
        """The prices of a product, by book in their order, each from its smallest quantity on."""
        rows = self.read([product]).known[product.pk]
        grouped = [[row for row in rows if row.book_id == book.pk] for book in self.books]
        return [found for found in grouped if found]


def price_for(
    product: Product, customer: Customer | None, currency: str, day: date, quantity: Decimal = ONE
) -> Price | None:
    """By the first book that holds for the customer's payer, else the list price; None where there is neither.

    Raises NoRate.
    """
    return Pricing(customer, currency, day).price(product, quantity)
