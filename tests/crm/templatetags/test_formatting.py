"""Money, numbers and shares as people read them."""

from decimal import Decimal

import pytest
from django.utils import translation

from crm.money.formatting import money, money_short, money_whole, number, percent, risk
from crm.templatetags.crm import risk_tone


@pytest.mark.parametrize(
    ("value", "currency", "shown"),
    [
        (Decimal("1234.5"), "USD", "$1,234.50"),
        (Decimal(0), "EUR", "€0.00"),
        (Decimal("-12.3"), "GBP", "−£12.30"),
        (Decimal("-0.001"), "USD", "$0.00"),
        (Decimal(1234), "JPY", "¥1,234"),
        (Decimal("1.5"), "KWD", "KWD\N{NO-BREAK SPACE}1.500"),
        (10**12, "CHF", "CHF\N{NO-BREAK SPACE}1,000,000,000,000.00"),
    ],
)
def test_money_has_the_decimals_of_its_currency(value: Decimal, currency: str, shown: str) -> None:
    assert money(value, currency) == shown


@pytest.mark.parametrize("formatter", [money, money_whole, money_short, number, percent])
def test_what_is_missing_shows_nothing(formatter: object) -> None:
    assert callable(formatter)
    assert formatter(None) == formatter("") == ""


@pytest.mark.parametrize(
    ("value", "shown"),
    [(9_999.4, "$9,999"), (48_891, "$48.9k"), (1_234_567, "$1.2M"), (-2.5e9, "−$2.5B")],
)
def test_short_money_keeps_three_digits_or_so(value: float, shown: str) -> None:
    assert money_short(value, "USD") == shown


def test_shares_and_numbers() -> None:
    assert (percent(0.625), percent(-0.0296, 1), number(-95336.963, 2)) == ("62%", "−3.0%", "−95,336.96")


def test_what_rounds_to_zero_has_no_sign() -> None:
    assert (percent(-0.0004), number(-0.2), money_whole(-0.4, "USD")) == ("0%", "0", "$0")


def test_separators_are_those_of_the_language() -> None:
    with translation.override("de"):
        assert (money(Decimal("1234.5"), "EUR"), number(1234567)) == ("€1.234,50", "1.234.567")


@pytest.mark.parametrize(
    ("value", "text", "tone"),
    [
        (1.0, "> 99%", "negative"),
        (0.996, "> 99%", "negative"),
        (0.99, "99%", "negative"),
        (0.696, "70%", "negative"),
        (0.694, "69%", "warning"),
        (0.396, "40%", "warning"),
        (0.394, "39%", "positive"),
        (0.004, "< 1%", "positive"),
        (0.0, "< 1%", "positive"),
    ],
)
def test_a_risk_is_never_certain_and_coloured_by_the_number_it_prints(
    value: float, text: str, tone: str
) -> None:
    assert (risk(value), risk_tone(value)) == (text, tone)
