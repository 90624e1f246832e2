"""What cafés and the best customers of the fictional company pay, and how far its people may go."""

from decimal import Decimal
from typing import Any

from contacts.choices import CustomerKind, RfmGroup
from crm.access.models import Role
from crm.company.selectors import company, company_day
from crm.search.services import index
from sales.models import BundlePart, DiscountLimit, PriceBook, PriceBookEntry, Product

FIRMS = {"field": "kind", "op": "any_of", "value": [CustomerKind.ORGANISATION.value]}


def of_group(*groups: RfmGroup) -> dict[str, Any]:
    return {"field": "rfm_group", "op": "any_of", "value": [group.value for group in groups]}


def of_country(*codes: str) -> dict[str, Any]:
    return {"field": "country", "op": "any_of", "value": list(codes)}


# (name, priority, who it is for, products by the beginning of their code, from quantity -> share of the list price)
BOOKS = (
    ("Gold", 10, [FIRMS, of_group(RfmGroup.CHAMPIONS)], "BEAN-", {1: "0.88", 10: "0.82", 50: "0.78"}),
    ("Benelux", 20, [of_country("NL", "BE", "LU")], "BEAN-", {1: "0.95", 10: "0.90", 50: "0.85"}),
    ("Cafés and offices", 30, [FIRMS], "BEAN-", {1: "0.92", 10: "0.87", 50: "0.82"}),
    ("Welcome back", 40, [of_group(RfmGroup.AT_RISK, RfmGroup.CANT_LOSE)], "MACH-", {1: "0.95"}),
)
# (role, category, discount up to %, margin of at least %)
LIMITS = (("sales-rep", "", 10, 15), ("sales-rep", "Machines", 5, 10), ("sales-manager", "", 25, 5))
CENT = Decimal("0.01")


def load() -> None:
    """Twice is once."""
    if PriceBook.objects.exists():
        return
    start = company_day().replace(month=1, day=1)
    for name, priority, who, code, shares in BOOKS:
        book = PriceBook.objects.create(
            name=name, currency=company().currency, valid_from=start, priority=priority, rule={"all": who}
        )
        PriceBookEntry.objects.bulk_create(
            PriceBookEntry(
                book=book,
                product=product,
                from_quantity=quantity,
                unit_amount=((product.price_amount or Decimal(0)) * Decimal(share)).quantize(CENT),
            )
            for product in Product.objects.filter(code__startswith=code)
            for quantity, share in shares.items()
        )
    starter = Product.objects.create(
        code="SET-V60",
        name="Filter coffee starter set",
        price_amount=Decimal("32.00"),
        category="Sets",
        unit="set",
    )
    index(starter)
    BundlePart.objects.bulk_create(
        BundlePart(bundle=starter, product=product)
        for product in Product.objects.filter(code__in=("DRIP-V60", "FILTER-100", "BEAN-GUJI-250"))
    )
    roles = {role.key: role for role in Role.objects.all()}
    DiscountLimit.objects.bulk_create(
        DiscountLimit(role=roles[key], category=category, limit_rate=rate, margin_rate=margin)
        for key, category, rate, margin in LIMITS
    )
