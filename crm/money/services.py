"""Money into the company's currency at the day's stored rate."""

from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from django.utils.translation import gettext as _

from crm.company.reading import long_day
from crm.company.selectors import company
from crm.money.currencies import DECIMALS
from crm.money.models import ExchangeRate

ONE = Decimal(1)


class NoRate(Exception):
    """There is no rate for this currency on or before this day."""

    def __init__(self, currency: str, day: date) -> None:
        super().__init__(currency, day)
        self.currency, self.day = currency, day

    def __str__(self) -> str:
        """In the language of whoever reads it."""
        words = {"currency": self.currency, "day": long_day(self.day)}
        return _("There is no exchange rate for %(currency)s on or before %(day)s.") % words


def rate_on(currency: str, day: date) -> Decimal:
    """The newest rate of `currency` on or before `day`. Raises NoRate."""
    if currency == company().currency:
        return ONE
    found = ExchangeRate.objects.filter(currency=currency, valid_on__lte=day).order_by("-valid_on").first()
    if found is None:
        raise NoRate(currency, day)
    return found.rate


def rounded(amount: Decimal, currency: str) -> Decimal:
    """Rounded half up to the currency's own decimals."""
    return amount.quantize(ONE.scaleb(-DECIMALS[currency]), rounding=ROUND_HALF_UP)


def base_amount(amount: Decimal, currency: str, day: date) -> Decimal:
    """`amount` in the company's currency. Raises NoRate."""
    return rounded(amount * rate_on(currency, day), company().currency)
