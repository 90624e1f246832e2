"""What the builder of rules needs to know of a kind of record, as JSON."""

from typing import Any

from crm.fields.catalogue import fields_for, related_for
from crm.fields.declaration import Field
from crm.fields.types import NUMERIC, FieldType
from crm.records.kinds import Kind, kinds
from crm.rules.days import PERIODS
from crm.rules.operators import OPERATORS, OPERATORS_OF, RELATED_OPERATORS
from crm.rules.words import PERIOD_WORDS
from crm.staff.models import User

#: more choices than these are found by typing
MOST_OPTIONS = 60


def catalogue(kind: Kind, user: User) -> dict[str, Any]:
    """Fields with their operators and choices, and the kinds of record that hang on this one."""
    return {
        "kind": kind.slug,
        "fields": [field_entry(field) for field in fields_for(kind.key, user).values() if field.is_rule],
        "related": [
            {"key": related.key, "label": str(related.label), "kind": kinds()[related.kind].slug}
            for related in related_for(kind.key, user).values()
        ],
    }


def words() -> dict[str, Any]:
    """Operators, periods and units: the same for every kind."""
    return {
        "operators": {
            key: {"label": str(operator.label), "takes": operator.takes.value}
            for key, operator in OPERATORS.items()
        },
        "operatorsOf": {str(key): list(found) for key, found in OPERATORS_OF.items()},
        "relatedOperators": {
            key: {"label": str(label), "measure": measure}
            for key, (label, measure, _op) in RELATED_OPERATORS.items()
        },
        "periods": [[key, str(PERIOD_WORDS[key])] for key in PERIODS],
    }


def field_entry(field: Field) -> dict[str, Any]:
    entry: dict[str, Any] = {"key": field.key, "label": field.title, "type": field.type.value}
    if field.type in NUMERIC and not field.many:
        entry["sums"] = True
    if field.type in (FieldType.CHOICE, FieldType.CHOICES, FieldType.TEAM, FieldType.PERSON):
        options = field.options()
        if len(options) <= MOST_OPTIONS:
            entry["options"] = [[str(value), text] for value, text in options]
    return entry
