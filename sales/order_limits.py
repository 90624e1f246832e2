"""Orders that are placed without a deal: nobody can approve what is beyond a limit there, so it is refused."""

from collections.abc import Sequence
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from contacts.models import Customer
from crm.company.selectors import company_day
from crm.money.services import NoRate, rate_on
from crm.staff.models import User
from sales.approval_words import refusal
from sales.approvals import Sold, as_discounted
from sales.discounts import Discounted, discount_check, limits_of
from sales.prices import Pricing


def check_limits(actor: User, customer: Customer, currency: str, lines: Sequence[Sold]) -> None:
    """Raises ValidationError where a line grants more than the person may. Prices are read only for who has limits."""
    limits = limits_of(actor)
    found = discount_check(discounted(customer, currency, lines), limits) if limits else []
    if found:
        way = _("An order cannot be approved: make a deal of it and ask there.")
        raise ValidationError(f"{refusal(actor, found)} {way}", code="needs_approval")


def discounted(customer: Customer, currency: str, lines: Sequence[Sold]) -> list[Discounted]:
    day = company_day()
    pricing = Pricing(customer, currency, day).read(line.product for line in lines if line.product)
    try:
        rate: Decimal | None = rate_on(currency, day)
    except NoRate:
        rate = None
    return [as_discounted(line, rate, book_price(pricing, line)) for line in lines]


def book_price(pricing: Pricing, line: Sold) -> Decimal | None:
    try:
        found = pricing.price(line.product, line.quantity) if line.product else None
    except NoRate:
        return None
    return found.amount if found else None
