"""A rule as one condition of the database, for one reader: what they may not know, no rule can ask."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from decimal import Decimal
from math import ceil, floor
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import DecimalField, Exists, OuterRef, Q, Subquery, Sum, Value
from django.db.models.functions import Coalesce
from django.db.models.lookups import GreaterThanOrEqual, LessThanOrEqual
from django.utils.translation import gettext as _

from crm.access.grants import grants
from crm.access.scopes import Scope
from crm.company.selectors import company, company_day
from crm.fields.catalogue import field_for, related_for
from crm.fields.declaration import Field, Many, Related
from crm.fields.types import NUMERIC, WORDED, FieldType
from crm.records.kinds import Kind, kinds
from crm.rules.days import Span, period
from crm.rules.errors import RuleError
from crm.rules.operators import OPERATORS, OPERATORS_OF, RELATED_OPERATORS, Operator, Takes, lookups
from crm.rules.tree import Condition, Group, Node, Not, RelatedCondition, is_empty, walk
from crm.rules.values import ME, read_number, read_value
from crm.staff.models import User


@dataclass(frozen=True)
class Reading:
    """Who asks about which kind of record, and what day it is."""

    kind: Kind
    user: User
    today: date

    @classmethod
    def of(cls, kind: Kind, user: User) -> "Reading":
        return cls(kind, user, company_day())

    def field(self, condition: Condition) -> Field:
        found = field_for(self.kind.key, self.user, condition.field)
        if found is None or not found.is_rule:
            raise RuleError(
                _('There is no field "%s" any more, or you may not see it.') % condition.field,
                condition.place,
            )
        return found

    def related(self, condition: RelatedCondition) -> Related:
        found = related_for(self.kind.key, self.user).get(condition.related)
        if found is None:
            raise RuleError(
                _('There are no "%s" here, or you may not see them.') % condition.related, condition.place
            )
        return found

    def beside(self, related: Related) -> "Reading":
        return replace(self, kind=kinds()[related.kind])


def condition(kind: Kind, user: User, node: Node) -> Q:
    """The condition of a rule over `kind.rows()`. Raises RuleError where it does not fit what the reader may know."""
    return compiled(Reading.of(kind, user), node)


def compiled(reading: Reading, node: Node) -> Q:
    if isinstance(node, Group):
        return grouped(reading, node)
    if isinstance(node, Not):
        return Q() if is_empty(node.part) else ~compiled(reading, node.part)
    if isinstance(node, RelatedCondition):
        return related_condition(reading, node)
    return field_condition(reading, node)


def grouped(reading: Reading, group: Group) -> Q:
    parts = [compiled(reading, part) for part in group.parts if not is_empty(part)]
    found = Q()
    for part in parts:
        found = found & part if group.op == "all" else found | part
    return found


def problems(kind: Kind, user: User, node: Node) -> Iterator[RuleError]:
    """Every part of a rule that cannot be asked, each with its place."""
    reading = Reading.of(kind, user)
    yield from part_problems(reading, node)


def part_problems(reading: Reading, node: Node) -> Iterator[RuleError]:
    for part in own_parts(node):
        try:
            compiled(reading, replace(part, where=None) if isinstance(part, RelatedCondition) else part)
        except RuleError as fault:
            yield fault
            continue
        if isinstance(part, RelatedCondition) and part.where is not None:
            yield from part_problems(reading.beside(reading.related(part)), part.where)


def own_parts(node: Node) -> Iterator[Condition | RelatedCondition]:
    """The conditions about the record itself; those about related records come with their parent."""
    if isinstance(node, Group):
        for part in node.parts:
            yield from own_parts(part)
    elif isinstance(node, Not):
        yield from own_parts(node.part)
    else:
        yield node


# --- a condition on a field ---------------------------------------------------------------------------------


def field_condition(reading: Reading, part: Condition) -> Q:
    field = reading.field(part)
    operator, value = read_condition(reading, field, part)
    if field.many:
        return many_condition(reading, field, field.many, operator, value)
    return single_condition(reading, field, field.orm, operator, value)


def read_condition(reading: Reading, field: Field, part: Condition) -> tuple[Operator, Any]:
    operator = OPERATORS.get(part.op)
    if operator is None or part.op not in OPERATORS_OF[field.type]:
        raise RuleError(
            _('"%(op)s" cannot be asked of %(field)s.') % {"op": part.op, "field": field.title}, part.place
        )
    try:
        return operator, resolved(reading, read_value(field, operator, part.value))
    except RuleError as fault:
        raise RuleError(f"{field.title}: {fault.text}", part.place) from fault


def resolved(reading: Reading, value: Any) -> Any:
    """`me` becomes the reader."""
    return [reading.user.pk if item == ME else item for item in value] if isinstance(value, list) else value


def single_condition(reading: Reading, field: Field, path: str, operator: Operator, value: Any) -> Q:
    if operator.key in ("empty", "not_empty"):
        present = presence(reading, field, path)
        return present if operator.key == "not_empty" else ~present
    if operator.negates:
        asked = positive(reading, field, path, OPERATORS[operator.negates], value)
        return ~(presence(reading, field, path) & asked)
    return presence(reading, field, path) & positive(reading, field, path, operator, value)


def presence(reading: Reading, field: Field, path: str) -> Q:
    """Whether the field holds something that the reader may know; a column that never is empty asks nothing."""
    found = known(reading, field)
    if field.nullable:
        found &= Q(**{f"{path}__isnull": False})
    if (field.type in WORDED or field.type is FieldType.CHOICE) and not field.is_custom:
        found &= ~Q(**{path: ""})
    return found


def known(reading: Reading, field: Field) -> Q:
    """The reader may see the record through which the field is known."""
    if not field.through:
        return Q()
    target = kinds()[field.through_kind]
    if grants(reading.user).scope(target.key, "view") is Scope.ALL:
        return Q()
    visible = target.model._default_manager.visible_to(reading.user)  # type: ignore[attr-defined]
    return Q(**{f"{field.through}__in": visible.values("pk")})


def positive(reading: Reading, field: Field, path: str, operator: Operator, value: Any) -> Q:
    if operator.takes is Takes.PERIOD:
        return span_condition(field, path, period(value, reading.today, company().week_start))
    if operator.span is not None:
        return span_condition(field, path, operator.span(value, reading.today))
    if field.is_custom and field.type is FieldType.CHOICES:
        return choices_condition(path, operator, value)
    if operator.takes in (Takes.NUMBER, Takes.NUMBERS):
        read = float if field.is_custom else exact_number
        value = tuple(map(read, value)) if isinstance(value, tuple) else read(value)
    return lookups(path, operator, value)


def exact_number(value: Decimal) -> Any:
    """One with a fraction as an expression: Django would cut it to compare it with a column of whole numbers."""
    return value if value == int(value) else Value(value, output_field=DecimalField())


def choices_condition(path: str, operator: Operator, keys: list[Any]) -> Q:
    """Of a list that stands in the record's own row."""
    found = Q()
    for key in keys:
        has = Q(**{f"{path}__contains": [key]})
        found = found & has if operator.key == "all_of" else found | has
    return found


def span_condition(field: Field, path: str, span: Span) -> Q:
    found = Q()
    if span.start is not None:
        found &= Q(**{f"{path}__gte": moment(field, span.start)})
    if span.end is not None:
        found &= Q(**{f"{path}__lt": moment(field, span.end)})
    return found


def moment(field: Field, day: date) -> Any:
    """A day as the column holds it: the moment at which it begins in the company's zone, or the day itself."""
    if field.type is FieldType.DATE:
        return day.isoformat() if field.is_custom else day
    begins = datetime.combine(day, time(), ZoneInfo(company().time_zone)).astimezone(UTC)
    return begins.isoformat() if field.is_custom else begins


def many_condition(reading: Reading, field: Field, many: Many, operator: Operator, value: Any) -> Q:
    """Of values in rows of their own: one of them at least is as asked."""
    rows = many.rows().filter(**{many.key: OuterRef("pk")})
    if operator.key in ("empty", "not_empty"):
        any_row = Q(Exists(rows))
        return any_row if operator.key == "not_empty" else ~any_row
    if operator.key == "all_of":
        found = Q()
        for key in value:
            found &= Q(Exists(rows.filter(**{many.value: key})))
        return found
    asked = OPERATORS[operator.negates] if operator.negates else operator
    some = Q(Exists(rows.filter(positive(reading, field, many.value, asked, value))))
    return ~some if operator.negates else some


# --- a condition on records that hang on this one --------------------------------------------------------------


def related_condition(reading: Reading, part: RelatedCondition) -> Q:
    related = reading.related(part)
    if part.op not in RELATED_OPERATORS:
        raise RuleError(_("This condition is not complete."), part.place)
    beside = reading.beside(related)
    rows = beside.kind.visible(reading.user).filter(**{related.path: OuterRef("pk")})
    if part.where is not None:
        rows = rows.filter(compiled(beside, part.where))
    if part.op in ("some", "none"):
        some = Q(Exists(rows))
        return some if part.op == "some" else ~some
    _label, measure, compare = RELATED_OPERATORS[part.op]
    try:
        wanted = read_number(part.value)
    except RuleError as fault:
        raise RuleError(f"{related.label}: {fault.text}", part.place) from fault
    if measure == "count":
        return counted(rows, compare, wanted)
    return summed(rows.order_by().values(related.path), summed_path(beside, part), compare, wanted)


def counted(rows: Any, compare: str, wanted: Decimal) -> Q:
    """At least so many: there is a last one of them; at most: there is none after. No more rows are read than that."""
    if compare == "gte":
        least = ceil(wanted)
        return Q(Exists(rows[least - 1 : least])) if least > 0 else Q(pk__isnull=False)
    most = floor(wanted)
    return ~Q(Exists(rows[most : most + 1])) if most >= 0 else Q(pk__in=[])


def summed(rows: Any, path: str, compare: str, wanted: Decimal) -> Q:
    """Compares the sum of a field of the rows; of no rows it is nothing, that is 0."""
    number = DecimalField(max_digits=30, decimal_places=4)
    found = Subquery(rows.annotate(measure=Sum(path)).values("measure")[:1], output_field=number)
    comparison = GreaterThanOrEqual if compare == "gte" else LessThanOrEqual
    return Q(comparison(Coalesce(found, Value(0), output_field=number), Value(wanted, output_field=number)))


def summed_path(beside: Reading, part: RelatedCondition) -> str:
    field = beside.field(Condition(part.of or "?", "gt", place=part.place))
    if field.type not in NUMERIC or field.many:
        raise RuleError(_("%s cannot be added up.") % field.title, part.place)
    return field.orm


def asked_names(node: Node) -> set[str]:
    """The fields and related kinds a rule speaks of."""
    parts = list(walk(node))
    return {part.field for part in parts if isinstance(part, Condition)} | {
        part.related for part in parts if isinstance(part, RelatedCondition)
    }
