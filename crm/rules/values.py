"""Reading the value of a condition: each kind of value strictly, with the error at its place."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext as _

from crm.fields.declaration import Field
from crm.fields.types import FieldType
from crm.rules.days import PERIODS, UNITS, Length
from crm.rules.errors import RuleError
from crm.rules.operators import Operator, Takes

LARGEST = Decimal(10) ** 15
MOST_DECIMALS = 12
LONGEST = 500
MOST_KEYS = 500
MOST_OF_UNIT = {"day": 36_500, "week": 5_200, "month": 1_200, "year": 100}
ME = "me"


def read_value(field: Field, operator: Operator, value: Any) -> Any:
    """The value as the operator takes it. Raises RuleError (without a place: the caller knows it)."""
    if operator.takes is Takes.NOTHING:
        return None
    if operator.takes is Takes.KEYS:
        return read_keys(field, value)
    return READERS[operator.takes](value)


def read_text(value: Any) -> str:
    if not isinstance(value, str) or not value.strip() or "\0" in value:
        raise RuleError(_("Say which text."))
    if len(value) > LONGEST:
        raise RuleError(_("This text is too long."))
    try:
        value.encode()
    except UnicodeEncodeError as fault:
        raise RuleError(_("This text cannot be read.")) from fault
    return value.strip()


def read_number(value: Any) -> Decimal:
    """A number of JSON or a text such as `12.50`."""
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        raise RuleError(_("Say which number."))
    try:
        found = Decimal(str(value).strip())
    except InvalidOperation as fault:
        raise RuleError(_("Say which number.")) from fault
    if not found.is_finite() or abs(found) >= LARGEST:
        raise RuleError(_("This number is too large."))
    if int(found.as_tuple().exponent) < -MOST_DECIMALS:
        raise RuleError(_("A number may have at most %d decimals.") % MOST_DECIMALS)
    return found


def read_numbers(value: Any) -> tuple[Decimal, Decimal]:
    first, last = read_pair(value)
    return read_number(first), read_number(last)


def read_pair(value: Any) -> tuple[Any, Any]:
    if not isinstance(value, (list, tuple)) or len(value) != 2:
        raise RuleError(_("Say from where to where."))
    return value[0], value[1]


def read_day(value: Any) -> date:
    if not isinstance(value, str):
        raise RuleError(_("Say which day."))
    try:
        found = date.fromisoformat(value)
    except ValueError as fault:
        raise RuleError(_("Say which day.")) from fault
    if not 1800 <= found.year <= 2500:
        raise RuleError(_("This day is too far away."))
    return found


def read_days(value: Any) -> tuple[date, date]:
    first, last = read_pair(value)
    return read_day(first), read_day(last)


def read_length(value: Any) -> Length:
    """{"count": 30, "unit": "day"}"""
    count, unit = (value.get("count"), value.get("unit")) if isinstance(value, dict) else (None, None)
    if isinstance(count, str) and count.isascii() and count.isdecimal():
        count = int(count[:9])
    if unit not in UNITS or isinstance(count, bool) or not isinstance(count, int) or count < 0:
        raise RuleError(_("Say how many days, weeks, months or years."))
    if count > MOST_OF_UNIT[unit]:
        raise RuleError(_("This is too long a time."))
    return Length(count, unit)


def read_period(value: Any) -> str:
    if value not in PERIODS or not isinstance(value, str):
        raise RuleError(_("Say which period."))
    return value


def read_keys(field: Field, value: Any) -> list[Any]:
    """Choices by key, or ids; `me` stands for the reader where a colleague is meant."""
    if not isinstance(value, list) or not value:
        raise RuleError(_("Choose at least one."))
    if len(value) > MOST_KEYS:
        raise RuleError(_("At most %d can be chosen.") % MOST_KEYS)
    if field.is_keyed or field.many:
        return [read_id(item, field) for item in value]
    known = {str(key): key for key, _label in field.options()}
    gone = [str(item)[:LONGEST] for item in value if str(item) not in known]
    if gone:
        raise RuleError(_("There is no such choice any more: %s.") % ", ".join(gone[:3]))
    return [known[str(item)] for item in value]


def read_id(item: Any, field: Field) -> int | str:
    if item == ME and field.type is FieldType.PERSON:
        return ME
    if isinstance(item, str) and item.isascii() and item.isdecimal() and len(item) < 19:
        item = int(item)
    if isinstance(item, bool) or not isinstance(item, int) or not 0 < item < 2**63:
        raise RuleError(_("Choose at least one."))
    return item


READERS: dict[Takes, Callable[[Any], Any]] = {
    Takes.TEXT: read_text,
    Takes.NUMBER: read_number,
    Takes.NUMBERS: read_numbers,
    Takes.DAY: read_day,
    Takes.DAYS: read_days,
    Takes.LENGTH: read_length,
    Takes.PERIOD: read_period,
}
