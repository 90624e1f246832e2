"""A value of a field as people read it, by its type. Fast: lists call this per cell."""

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _

from crm.fields.declaration import Field
from crm.fields.types import FieldType
from crm.money.formatting import money, money_whole, number, risk
from crm.notifications.mentions import plain
from crm.templatetags.crm import day

Show = Callable[[Any], str]


def number_text(value: Any) -> str:
    """A number with the decimals it has."""
    if isinstance(value, Decimal):
        value = value.normalize()
        return number(value, max(0, -int(value.as_tuple().exponent)))
    if isinstance(value, float):
        return number(value, 0 if value.is_integer() else 2)
    return number(value)


def day_text(value: Any) -> str:
    """Days come from the database, or as text out of `custom`."""
    if isinstance(value, str):
        value = parse_datetime(value) or parse_date(value)
    return day(value) if isinstance(value, (date, datetime)) else ""


def yes_no(value: Any) -> str:
    return _("Yes") if value else _("No")


PLAIN: dict[FieldType, Show] = {
    FieldType.NUMBER: number_text,
    FieldType.SHARE: risk,
    FieldType.DATE: day_text,
    FieldType.MOMENT: day_text,
    FieldType.YES_NO: yes_no,
    FieldType.TEXT: plain,
    FieldType.LONG_TEXT: plain,
}


def shower(field: Field) -> Show:
    """What turns a raw value into text; made once per column. Empty values are the caller's."""
    if field.type is FieldType.MONEY:
        return money_whole if field.whole else money
    if field.type is FieldType.CHOICE:
        known = {str(value): text for value, text in field.options()}
        return lambda value: known.get(str(value), str(value))
    if field.type is FieldType.CHOICES:
        labels = {str(value): text for value, text in field.options()}
        return lambda values: ", ".join(labels.get(str(value), str(value)) for value in values)
    return PLAIN.get(field.type, str)
