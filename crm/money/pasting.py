"""Reading a pasted table of exchange rates: a day, a currency and a rate in each line, in any order."""

import re
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation

from django.utils.translation import gettext as _

from crm.money.currencies import DECIMALS

MOST_LINES = 5_000
MOST_FAULTS = 20
LARGEST = Decimal(10) ** 9
SMALLEST = Decimal("0.00000001")
PLACES = Decimal("0.00000001")
NUMERIC_DAYS = {"slashes-month-first": ("%m/%d/%Y",), "": ("%d.%m.%Y", "%d/%m/%Y")}


@dataclass(frozen=True)
class Rate:
    currency: str
    valid_on: date
    rate: Decimal


@dataclass(frozen=True)
class Fault:
    """A line that cannot be read; `line` counts from one."""

    line: int
    text: str


def read_rates(text: str, *, own: str, inverse: bool, style: str) -> tuple[list[Rate], list[Fault]]:
    """`own` is the company's currency. With `inverse` a line says how much of the other one unit of it buys."""
    found: dict[tuple[str, date], Rate] = {}
    faults: list[Fault] = []
    lines = text.splitlines()
    if len(lines) > MOST_LINES:
        return [], [Fault(MOST_LINES + 1, _("More than %s lines. Paste them in parts.") % f"{MOST_LINES:,}")]
    for place, line in enumerate(lines, start=1):
        if not any(sign.isdigit() for sign in line):
            continue  # empty, or the head of the table
        try:
            rate = read_line(line, own, inverse, style)
        except ValueError as fault:
            faults.append(Fault(place, str(fault)))
        else:
            found[rate.currency, rate.valid_on] = rate
    return list(found.values()), faults[:MOST_FAULTS]


def read_line(line: str, own: str, inverse: bool, style: str) -> Rate:
    """Raises ValueError in plain words."""
    currency, day, number = "", None, ""
    for cell in cells(line):
        if re.fullmatch(r"[A-Za-z]{3}", cell):
            currency = cell.upper()
        elif (read := read_day(cell, style)) is not None:
            day = read
        else:
            number = cell
    if currency not in DECIMALS:
        raise ValueError(_("No currency, such as USD, is named here."))
    if currency == own:
        raise ValueError(_("%s is the company's own currency; its rate is always 1.") % own)
    if day is None:
        raise ValueError(_("No day, such as 2026-03-14, is named here."))
    rate = read_number(number)
    rate = (1 / rate if inverse else rate).quantize(PLACES)
    if not SMALLEST <= rate < LARGEST:
        raise ValueError(_("This rate is too small or too large."))
    return Rate(currency, day, rate)


def cells(line: str) -> list[str]:
    """Parted by tabs or semicolons, else by spaces, else (a CSV) by commas."""
    for mark in ("\t", ";"):
        if mark in line:
            return [cell.strip() for cell in line.split(mark) if cell.strip()]
    parts = line.split()
    return parts if len(parts) > 1 else [cell.strip() for cell in line.split(",") if cell.strip()]


def read_day(text: str, style: str) -> date | None:
    for form in ("%Y-%m-%d", *NUMERIC_DAYS.get(style, NUMERIC_DAYS[""])):
        try:
            return datetime.strptime(text, form).date()  # noqa: DTZ007 - a day of the calendar
        except ValueError:
            continue
    return None


def read_number(text: str) -> Decimal:
    """`0.0873`, `0,0873`, `1.234,56`: the last mark is the decimal one."""
    plain = re.sub(r"[\s'’]", "", text)
    if not re.fullmatch(r"[0-9.,]{1,30}", plain):
        raise ValueError(_("No rate, such as 0.0873, stands here."))
    last = max(plain.rfind("."), plain.rfind(","))
    if last >= 0:
        plain = re.sub(r"[.,]", "", plain[:last]) + "." + plain[last + 1 :]
    try:
        rate = Decimal(plain)
    except InvalidOperation:
        raise ValueError(_("No rate, such as 0.0873, stands here.")) from None
    if not 0 < rate < LARGEST:
        raise ValueError(_("A rate is greater than zero."))
    return rate
