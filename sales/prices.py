"""What a product costs a customer in a currency on a day."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Q, QuerySet

from contacts.models import Customer, CustomerValue
from crm.money.services import rate_on, rounded
from sales.models import PriceBook, PriceBookEntry, Product

ONE = Decimal(1)


@dataclass(frozen=True)
class Price:
    """Of one unit; `book` is None for the list price."""

    amount: Decimal
    book: PriceBook | None = None


def list_price(product: Product, currency: str, day: date) -> Decimal | None:
    """The product's price at the day's rate; None for a product without one. Raises NoRate."""
    if product.price_amount is None:
        return None
    return rounded(product.price_amount / rate_on(currency, day), currency)


def price_for(
    product: Product, customer: Customer | None, currency: str, day: date, quantity: Decimal = ONE
) -> Price | None:
    """By the book that says most of the customer's payer, else the list price; None where there is neither.

    Only books in this currency that hold on the day count. Raises NoRate.
    """
    entries = entries_for(customer, currency, day).filter(product=product, from_quantity__lte=quantity)
    if found := sorted(entries, key=fitness)[-1:]:
        return Price(found[0].unit_amount, found[0].book)
    amount = list_price(product, currency, day)
    return None if amount is None else Price(amount)


def fitness(entry: PriceBookEntry) -> tuple[int, date, int, Decimal]:
    return entry.book.says, entry.book.began, entry.book_id, entry.from_quantity


def entries_for(customer: Customer | None, currency: str, day: date) -> QuerySet[PriceBookEntry]:
    """The prices of all books that hold for the customer on the day."""
    payer = customer and (customer.organisation or customer)
    group = (
        CustomerValue.objects.filter(customer=payer).values_list("rfm_group", flat=True).first()
        if payer
        else ""
    )
    facts = {
        "rfm_group": group or "",
        "country": payer.country if payer else "",
        "customer_kind": payer.kind if payer else "",
    }
    fits = Q(book__is_active=True, book__deleted_at=None, book__currency=currency)
    fits &= Q(book__valid_from=None) | Q(book__valid_from__lte=day)
    fits &= Q(book__valid_to=None) | Q(book__valid_to__gte=day)
    for name, value in facts.items():
        fits &= Q(**{f"book__{name}__in": {"", value}})
    return PriceBookEntry.objects.filter(fits, deleted_at=None).select_related("book")
