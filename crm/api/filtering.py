"""`?city=Bern&lifetime_value__gte=100&rule={...}`: parameters become a rule, so that they can ask no more than one."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from django.db.models import Q
from django.http import QueryDict
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from crm.api.problems import bad_request, of_rule
from crm.fields.declaration import Field
from crm.fields.types import FieldType
from crm.lists.filters import readable_id
from crm.records.kinds import Kind
from crm.rules.compile import Reading, compiled, presence
from crm.rules.errors import RuleError
from crm.rules.operators import OPERATORS, OPERATORS_OF, Takes
from crm.rules.tree import Condition, Group, Node, read_text
from crm.staff.models import User

#: parameters that are no filters
APART = {"fields", "limit", "cursor", "sort", "rule", "q", "count", "format"}
MOST_IDS = 200
#: each is a question to the database; longer ones are a rule
MOST_FILTERS = 40
DEFAULT_OPERATORS: dict[str, str] = {
    FieldType.TEXT: "is", FieldType.LONG_TEXT: "contains", FieldType.LINK: "is", FieldType.NUMBER: "eq",
    FieldType.MONEY: "eq", FieldType.SHARE: "eq", FieldType.DATE: "on", FieldType.MOMENT: "on",
    FieldType.CHOICE: "any_of", FieldType.CHOICES: "any_of", FieldType.YES_NO: "yes",
    FieldType.PERSON: "any_of", FieldType.TEAM: "any_of", FieldType.RECORD: "any_of",
}  # fmt: skip
#: of days, as every API names them: each is one of several operators of a rule
DAY_WORDS = {
    "gte": ("on", "after"),
    "gt": ("after",),
    "lte": ("on", "before"),
    "lt": ("before",),
}
COMPARED = ("gte", "gt", "lte", "lt")


def filtered(kind: Kind, user: User, rows: Any, params: QueryDict) -> Any:
    """The rows that the parameters leave. Raises Problem (400) for a parameter that asks what cannot be asked."""
    asked_for = [(name, text) for name in params if name not in APART for text in params.getlist(name)]
    if len(asked_for) > MOST_FILTERS:
        raise bad_request(_("Filter by at most %d parameters at once, or send a rule.") % MOST_FILTERS)
    if asked_for or params.get("rule"):
        reading = Reading.of(kind, user)
        for name, text in asked_for:
            rows = rows.filter(asked(reading, name, text))
        if params.get("rule"):
            rows = rows.filter(rule_condition(reading, str(params["rule"])))
    if "q" in params:
        rows = found_by_text(kind, user, rows, str(params["q"]))
    return rows


def rule_condition(reading: Reading, text: str) -> Q:
    try:
        return compiled(reading, read_text(text))
    except RuleError as fault:
        raise of_rule(fault, 400) from fault


def found_by_text(kind: Kind, user: User, rows: Any, text: str) -> Any:
    """As the search box of the list finds."""
    if kind.filter_class is None or "q" not in kind.filter_class.base_filters:
        raise bad_request(_("These records cannot be searched by text."), "q")
    filters = kind.filter_class(QueryDict(mutable=True) | {"q": text}, queryset=kind.rows())
    filters.user = user
    return rows.filter(pk__in=filters.qs.values("pk")) if text.strip() else rows


def asked(reading: Reading, name: str, text: str) -> Q:
    """The condition of one parameter: `field`, `field__operator`."""
    if name == "id":
        return Q(pk__in=ids(text))
    key, _line, op = name.partition("__")
    try:
        field = reading.field(Condition(key, op or "is"))
        return parameter_condition(reading, field, op or DEFAULT_OPERATORS[field.type], text)
    except RuleError as fault:
        raise bad_request(fault.text, name[:100]) from fault


def ids(text: str) -> list[int]:
    found = text.split(",")
    if len(found) > MOST_IDS or not all(readable_id(item) for item in found):
        raise bad_request(_("Give up to %d ids, separated by commas.") % MOST_IDS, "id")
    return [int(item) for item in found]


def parameter_condition(reading: Reading, field: Field, op: str, text: str) -> Q:
    if op in ("empty", "yes"):
        is_so = read_truth(text)
        opposite = {"empty": "not_empty", "yes": "no"}
        return compiled(reading, Condition(field.key, op if is_so else opposite[op]))
    if field.type in (FieldType.DATE, FieldType.MOMENT) and op in COMPARED:
        return compared_day(reading, field, op, text)
    if op not in OPERATORS_OF[field.type]:
        text = _("%(field)s can be asked with: %(operators)s.")
        raise RuleError(text % {"field": field.key, "operators": ", ".join(OPERATORS_OF[field.type])})
    return compiled(reading, Condition(field.key, op, READERS[OPERATORS[op].takes](text)))


def compared_day(reading: Reading, field: Field, op: str, text: str) -> Q:
    if field.type is FieldType.MOMENT and "T" in text and not field.is_custom and not field.many:
        return presence(reading, field, field.orm) & Q(**{f"{field.orm}__{op}": read_moment(text)})
    node: Node = Group("any", tuple(Condition(field.key, word, text) for word in DAY_WORDS[op]))
    return compiled(reading, node)


def read_moment(text: str) -> datetime:
    """With its zone: `2026-03-01T09:30:00Z`."""
    try:
        found = parse_datetime(text.replace(" ", "+"))  # a plus sign that was not escaped
        if found is None or found.tzinfo is None:
            raise RuleError(_("Give a time with its zone, such as 2026-03-01T09:30:00Z."))
        return found.astimezone(UTC)
    except (ValueError, OverflowError) as fault:
        raise RuleError(_("Give a time with its zone, such as 2026-03-01T09:30:00Z.")) from fault


def read_truth(text: str) -> bool:
    if text not in ("true", "false"):
        raise RuleError(_("Say true or false."))
    return text == "true"


def read_length(text: str) -> Any:
    """`30-day` as a rule has it."""
    count, _line, unit = text.partition("-")
    return {"count": count, "unit": unit}


READERS: dict[Takes, Callable[[str], Any]] = {
    Takes.NOTHING: lambda text: None,
    Takes.TEXT: str,
    Takes.NUMBER: str,
    Takes.DAY: str,
    Takes.PERIOD: str,
    Takes.LENGTH: read_length,
    Takes.KEYS: lambda text: text.split(","),
    Takes.NUMBERS: lambda text: text.split(","),
    Takes.DAYS: lambda text: text.split(","),
}
