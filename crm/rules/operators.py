"""What can be asked of a field of each type, and the condition each answer becomes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from crm.fields.types import FieldType
from crm.rules.days import Span, ago, ahead


class Takes(StrEnum):
    """What stands behind the operator."""

    NOTHING = "nothing"
    TEXT = "text"
    NUMBER = "number"
    NUMBERS = "numbers"
    DAY = "day"
    DAYS = "days"
    LENGTH = "length"
    PERIOD = "period"
    KEYS = "keys"


@dataclass(frozen=True)
class Operator:
    """`lookups` gives the ORM lookups of a value; an operator that `negates` another matches what that one does not."""

    key: str
    label: str | Promise
    takes: Takes
    lookups: Callable[[Any], Mapping[str, Any]] | None = None
    negates: str = ""
    span: Callable[..., Span] | None = None


def _lookup(name: str) -> Callable[[Any], Mapping[str, Any]]:
    return lambda value: {name: value}


FOUND = (
    Operator("is", _("is"), Takes.TEXT, _lookup("iexact")),
    Operator("is_not", _("is not"), Takes.TEXT, negates="is"),
    Operator("contains", _("contains"), Takes.TEXT, _lookup("icontains")),
    Operator("not_contains", _("does not contain"), Takes.TEXT, negates="contains"),
    Operator("begins", _("begins with"), Takes.TEXT, _lookup("istartswith")),
    Operator("ends", _("ends with"), Takes.TEXT, _lookup("iendswith")),
    Operator("eq", _("is"), Takes.NUMBER, _lookup("exact")),
    Operator("ne", _("is not"), Takes.NUMBER, negates="eq"),
    Operator("gt", _("is more than"), Takes.NUMBER, _lookup("gt")),
    Operator("gte", _("is at least"), Takes.NUMBER, _lookup("gte")),
    Operator("lt", _("is less than"), Takes.NUMBER, _lookup("lt")),
    Operator("lte", _("is at most"), Takes.NUMBER, _lookup("lte")),
    Operator(
        "between", _("is between"), Takes.NUMBERS, lambda value: {"gte": value[0], "lte": value[1]}
    ),
    Operator("on", _("is on"), Takes.DAY, span=lambda day, today: Span.of(day)),
    Operator("before", _("is before"), Takes.DAY, span=lambda day, today: Span(None, day)),
    Operator("after", _("is after"), Takes.DAY, span=lambda day, today: Span.following(day)),
    Operator("within", _("is between"), Takes.DAYS, span=lambda days, today: Span.between(*days)),
    Operator("in_last", _("is in the last"), Takes.LENGTH, span=lambda n, today: Span.between(ago(n, today), today)),
    Operator("before_last", _("is longer ago than"), Takes.LENGTH, span=lambda n, today: Span(None, ago(n, today))),
    Operator("in_next", _("is in the next"), Takes.LENGTH, span=lambda n, today: Span.between(today, ahead(n, today))),
    Operator("beyond_next", _("is later than in"), Takes.LENGTH, span=lambda n, today: Span.following(ahead(n, today))),
    Operator("in_period", _("is"), Takes.PERIOD),
    Operator("any_of", _("is any of"), Takes.KEYS, _lookup("in")),
    Operator("none_of", _("is none of"), Takes.KEYS, negates="any_of"),
    Operator("all_of", _("has all of"), Takes.KEYS),
    Operator("yes", _("is yes"), Takes.NOTHING, lambda value: {"exact": True}),
    Operator("no", _("is no"), Takes.NOTHING, negates="yes"),
    Operator("empty", _("is empty"), Takes.NOTHING),
    Operator("not_empty", _("is not empty"), Takes.NOTHING),
)  # fmt: skip
OPERATORS = {operator.key: operator for operator in FOUND}

EMPTINESS = ("empty", "not_empty")
TEXTS = ("is", "is_not", "contains", "not_contains", "begins", "ends", *EMPTINESS)
NUMBERS = ("gt", "gte", "lt", "lte", "eq", "ne", "between", *EMPTINESS)
DAYS = (
    "in_last", "before_last", "in_next", "beyond_next", "in_period", "on", "before", "after", "within", *EMPTINESS,
)  # fmt: skip
KEYS = ("any_of", "none_of", *EMPTINESS)

OPERATORS_OF: Mapping[str, tuple[str, ...]] = {
    FieldType.TEXT: TEXTS,
    FieldType.LONG_TEXT: TEXTS,
    FieldType.LINK: TEXTS,
    FieldType.NUMBER: NUMBERS,
    FieldType.MONEY: NUMBERS,
    FieldType.SHARE: NUMBERS,
    FieldType.DATE: DAYS,
    FieldType.MOMENT: DAYS,
    FieldType.CHOICE: KEYS,
    FieldType.CHOICES: ("any_of", "all_of", "none_of", *EMPTINESS),
    FieldType.YES_NO: ("yes", "no"),
    FieldType.PERSON: KEYS,
    FieldType.TEAM: KEYS,
    FieldType.RECORD: KEYS,
}

#: of records that hang on this one; the second says which operator of numbers compares the measure
RELATED_OPERATORS: Mapping[str, tuple[str | Promise, str, str]] = {
    "some": (_("has any"), "", ""),
    "none": (_("has none"), "", ""),
    "count_at_least": (_("has at least"), "count", "gte"),
    "count_at_most": (_("has at most"), "count", "lte"),
    "sum_at_least": (_("sum is at least"), "sum", "gte"),
    "sum_at_most": (_("sum is at most"), "sum", "lte"),
}


def lookups(path: str, operator: Operator, value: Any) -> Q:
    """The condition of an operator with lookups of its own."""
    if operator.lookups is None:
        raise TypeError(operator.key)
    return Q(**{f"{path}__{name}": wanted for name, wanted in operator.lookups(value).items()})
