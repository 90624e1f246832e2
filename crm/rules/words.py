"""A rule in plain words, for one reader."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from crm.fields.catalogue import fields_for
from crm.fields.declaration import Field
from crm.fields.names import names_of
from crm.fields.types import FieldType
from crm.money.formatting import money, number, percent
from crm.rules.compile import Reading
from crm.rules.days import Length
from crm.rules.errors import RuleError
from crm.rules.operators import OPERATORS, RELATED_OPERATORS, Operator, Takes
from crm.rules.tree import Condition, Group, Node, Not, RelatedCondition, is_empty
from crm.rules.values import ME, read_number, read_value

PERIOD_WORDS = {
    "today": gettext_lazy("today"),
    "yesterday": gettext_lazy("yesterday"),
    "tomorrow": gettext_lazy("tomorrow"),
    "this_week": gettext_lazy("this week"),
    "last_week": gettext_lazy("last week"),
    "next_week": gettext_lazy("next week"),
    "this_month": gettext_lazy("this month"),
    "last_month": gettext_lazy("last month"),
    "next_month": gettext_lazy("next month"),
    "this_quarter": gettext_lazy("this quarter"),
    "last_quarter": gettext_lazy("last quarter"),
    "next_quarter": gettext_lazy("next quarter"),
    "this_year": gettext_lazy("this year"),
    "last_year": gettext_lazy("last year"),
    "next_year": gettext_lazy("next year"),
}


def in_words(reading: Reading, node: Node) -> str:
    """`RFM group is any of At risk, Lost and (City is "Bern" or Orders: has at least 3)`; a vanished field says so."""
    if is_empty(node):
        return _("Everything")
    if isinstance(node, Group):
        return group_words(reading, node)
    if isinstance(node, Not):
        return _("not (%s)") % in_words(reading, node.part)
    try:
        return condition_words(reading, node)
    except RuleError as fault:
        return _("[%s]") % fault.text


def group_words(reading: Reading, group: Group) -> str:
    parts = [part for part in group.parts if not is_empty(part)]
    words = [
        f"({in_words(reading, part)})"
        if isinstance(part, Group) and len(parts) > 1 and len(part.parts) > 1
        else in_words(reading, part)
        for part in parts
    ]
    return (_(" and ") if group.op == "all" else _(" or ")).join(words)


def condition_words(reading: Reading, part: Condition | RelatedCondition) -> str:
    """One condition. Raises RuleError where it cannot be asked."""
    if isinstance(part, RelatedCondition):
        return related_words(reading, part)
    field = reading.field(part)
    operator = OPERATORS.get(part.op)
    if operator is None:
        raise RuleError(_("This condition is not complete."), part.place)
    value = read_value(field, operator, part.value)
    said = value_words(reading, field, operator, value)
    return f"{field.title} {operator.label}{f' {said}' if said else ''}"


def related_words(reading: Reading, part: RelatedCondition) -> str:
    related = reading.related(part)
    if part.op not in RELATED_OPERATORS:
        raise RuleError(_("This condition is not complete."), part.place)
    label, measure, _compare = RELATED_OPERATORS[part.op]
    words = f"{related.label}: {label}"
    if measure:
        words += f" {number(read_number(part.value)) if part.value is not None else '?'}"
    if measure == "sum":
        summed = fields_for(related.kind, reading.user).get(part.of)
        words = f"{related.label}: {summed.title if summed else part.of}, {label} {part.value}"
    if part.where is not None and not is_empty(part.where):
        words += _(" where (%s)") % in_words(reading.beside(related), part.where)
    return words


def value_words(reading: Reading, field: Field, operator: Operator, value: Any) -> str:
    if operator.takes is Takes.KEYS:
        return _(", ").join(key_words(reading, field, value))
    if isinstance(value, tuple):
        return _("%(first)s and %(last)s") % {"first": one(field, value[0]), "last": one(field, value[1])}
    if operator.takes is Takes.PERIOD:
        return str(PERIOD_WORDS[value])
    return one(field, value) if value is not None else ""


def one(field: Field, value: Any) -> str:
    if isinstance(value, str):
        return f'"{value}"'
    if isinstance(value, Length):
        return length_words(value)
    if isinstance(value, date):
        return date_format(value, "j F Y")
    return number_words(field, value)


def number_words(field: Field, value: Decimal) -> str:
    if field.type is FieldType.SHARE:
        return percent(value, 0 if value * 100 == int(value * 100) else 1)
    whole = value == int(value)
    if field.type is FieldType.MONEY and not whole:
        return money(value)
    if field.type is FieldType.MONEY:
        return money(value).removesuffix(".00")
    return number(value, 0 if whole else max(0, -int(value.normalize().as_tuple().exponent)))


def length_words(length: Length) -> str:
    words = {
        "day": ngettext("%d day", "%d days", length.count),
        "week": ngettext("%d week", "%d weeks", length.count),
        "month": ngettext("%d month", "%d months", length.count),
        "year": ngettext("%d year", "%d years", length.count),
    }
    return words[length.unit] % length.count


def key_words(reading: Reading, field: Field, keys: list[Any]) -> list[str]:
    """Choices by label, records by name as far as the reader may see them."""
    if not field.is_keyed:
        known = dict(field.options())
        return [known.get(key, str(key)) for key in keys]
    names = names_of(field, reading.user, {key for key in keys if key != ME})
    return [_("me") if key == ME else names.get(key, _("unknown")) for key in keys]
