"""What cafés and the best customers of the fictional company pay, and how far its people may go."""

from decimal import Decimal

from contacts.choices import CustomerKind, RfmGroup
from crm.access.models import Role
from crm.company.selectors import company, company_day
from crm.search.services import index
from sales.models import BundlePart, DiscountLimit, PriceBook, PriceBookEntry, Product

# (name, who it is for, products by the beginning of their code, from quantity -> share of the list price)
BOOKS = (
    ("Cafés and offices", {"customer_kind": CustomerKind.ORGANISATION}, "BEAN-", {1: "0.92", 10: "0.87", 50: "0.82"}),
    ("Best cafés", {"customer_kind": CustomerKind.ORGANISATION, "rfm_group": RfmGroup.CHAMPIONS}, "BEAN-",
     {1: "0.88", 10: "0.82", 50: "0.78"}),
    ("Welcome back", {"rfm_group": RfmGroup.AT_RISK}, "MACH-", {1: "0.95"}),
)  # fmt: skip
LIMITS = (("sales-rep", "", 10), ("sales-rep", "Machines", 5), ("sales-manager", "", 25))
CENT = Decimal("0.01")


def load() -> None:
    """Twice is once."""
    if PriceBook.objects.exists():
        return
    start = company_day().replace(month=1, day=1)
    for name, who, code, shares in BOOKS:
        book = PriceBook.objects.create(name=name, currency=company().currency, valid_from=start, **who)
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
        DiscountLimit(role=roles[key], category=category, limit_rate=rate) for key, category, rate in LIMITS
    )
