"""Money and numbers as people read them, in the company's separators. Fast: lists call this per cell."""

from collections.abc import Mapping
from decimal import Decimal

from django.utils.translation import gettext as _

from crm.company.reading import separators
from crm.company.selectors import company
from crm.money.currencies import DECIMALS

Number = Decimal | float | int
# what a template hands over: a missing variable arrives as an empty string
Shown = Number | str | None
SYMBOLS: Mapping[str, str] = {
    "AUD": "A$", "BRL": "R$", "CAD": "CA$", "CNY": "CN¥", "EUR": "€", "GBP": "£", "HKD": "HK$", "ILS": "₪", "INR": "₹",
    "JPY": "¥", "KRW": "₩", "MXN": "MX$", "NZD": "NZ$", "PHP": "₱", "TRY": "₺", "UAH": "₴", "USD": "$", "VND": "₫",
}  # fmt: skip
NO_BREAK_SPACE = "\N{NO-BREAK SPACE}"
MINUS = "\N{MINUS SIGN}"


def _grouped(value: Number, decimals: int) -> str:
    text = f"{abs(value):,.{decimals}f}"
    thousands, point = separators()
    if (thousands, point) == (",", "."):
        return text
    return text.replace(",", "\0").replace(".", point).replace("\0", thousands)


def _says_more_than_zero(text: str) -> bool:
    """What rounds to nothing has no sign."""
    return any(digit in text for digit in "123456789")


def _signed_money(value: Number, currency: str, decimals: int) -> str:
    amount = _grouped(value, decimals)
    symbol = SYMBOLS.get(currency) or f"{currency}{NO_BREAK_SPACE}"
    negative = value < 0 and _says_more_than_zero(amount)
    return f"{MINUS if negative else ''}{symbol}{amount}"


def money(value: Shown, currency: str = "") -> str:
    """`{{ order.amount|money:order.currency }}`: all decimals of the currency; the company's when none is named."""
    if value is None or isinstance(value, str):
        return ""
    currency = currency or company().currency
    return _signed_money(value, currency, DECIMALS.get(currency, 2))


def money_exact(value: Shown, currency: str = "") -> str:
    """The price of one: to the currency's decimals, or as fine as it is."""
    if value is None or isinstance(value, str):
        return ""
    currency = currency or company().currency
    fine = len(f"{Decimal(str(value)).normalize():f}".partition(".")[2])
    return _signed_money(value, currency, max(DECIMALS.get(currency, 2), fine))


def money_whole(value: Shown, currency: str = "") -> str:
    """Money without decimals, for estimates and sums whose cents mean nothing."""
    if value is None or isinstance(value, str):
        return ""
    return _signed_money(value, currency or company().currency, 0)


# (from, divided by, letter)
STEPS = ((1e9, 1e9, "B"), (1e6, 1e6, "M"), (1e4, 1e3, "k"))


def money_short(value: Shown, currency: str = "") -> str:
    """Money where there is little room: $48.9k, $1.2M; below ten thousand in full."""
    if value is None or isinstance(value, str):
        return ""
    for size, scale, letter in STEPS:
        if abs(float(value)) >= size:
            return _signed_money(float(value) / scale, currency or company().currency, 1) + letter
    return money_whole(value, currency)


def number(value: Shown, decimals: int = 0) -> str:
    """A number with the separators of the reader's language."""
    if value is None or isinstance(value, str):
        return ""
    text = _grouped(value, decimals)
    return f"{MINUS}{text}" if value < 0 and _says_more_than_zero(text) else text


def percent(value: Shown, decimals: int = 0) -> str:
    """A share between 0 and 1 as a percentage."""
    if value is None or isinstance(value, str):
        return ""
    return _("%(number)s%%") % {"number": number(float(value) * 100, decimals)}


def whole_percent(value: Number) -> int:
    """The number that a risk prints and by which it is coloured."""
    return round(float(value) * 100)


def risk(value: Shown) -> str:
    """A risk as a percentage: never certain, and never quite out of the question."""
    if value is None or isinstance(value, str):
        return ""
    whole = whole_percent(value)
    if whole >= 100:
        return _("> 99%")
    return _("< 1%") if whole <= 0 else percent(whole / 100)
