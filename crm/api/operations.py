"""What the schema tells of an operation: what goes in, what comes out, what can go wrong."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from http import HTTPStatus
from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse
from rest_framework import serializers

from crm.api.inputs import has_custom, input_class, kept
from crm.api.problems import MEDIA_TYPE
from crm.api.resources import Resource
from crm.api.values import schema_field
from crm.fields.catalogue import Fields, fields_for
from crm.fields.types import NUMERIC, WORDED, FieldType
from crm.records.kinds import declared_fields
from crm.staff.models import User

ALWAYS = (400, 401, 403, 404, 405, 429)
WITH_BODY = (409, 413, 415, 422)
WITH_VERSION = (412, 428)
QUERY: Any = OpenApiParameter.QUERY
HEADER: Any = OpenApiParameter.HEADER


class FieldError(serializers.Serializer):
    field = serializers.CharField(help_text="A path such as lines.0.quantity; empty for the whole.")
    detail = serializers.CharField()


class Problem(serializers.Serializer):
    """RFC 9457."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField()
    errors = FieldError(many=True)


class StaleProblem(Problem):
    current = serializers.DictField(help_text="The record as it stands now.")


@dataclass(frozen=True)
class Operation:
    """`errors` are the statuses that come beside those of every operation."""

    id: str
    summary: str
    tag: str
    responses: Mapping[int, Any]
    request: Any = None
    parameters: tuple[OpenApiParameter, ...] = ()
    errors: tuple[int, ...] = ()
    description: str = ""

    def all_responses(self) -> dict[Any, Any]:
        found: dict[Any, Any] = {
            (str(status), "application/json"): schema for status, schema in self.responses.items() if schema
        }
        found |= {str(status): None for status, schema in self.responses.items() if not schema}
        return found | {(str(status), MEDIA_TYPE): problem(status) for status in (*ALWAYS, *self.errors)}


@dataclass(frozen=True)
class Known:
    """The fields of a resource for one reader; without a user those that are built in."""

    resource: Resource
    user: User | None
    fields: Fields = field(init=False)

    def __post_init__(self) -> None:
        known = (
            declared_fields(self.resource.kind)
            if self.user is None
            else fields_for(self.resource.kind, self.user)
        )
        object.__setattr__(self, "fields", known)


@cache
def problem(status: int) -> OpenApiResponse:
    shown = StaleProblem if status == 412 else Problem
    return OpenApiResponse(shown, description=HTTPStatus(status).phrase)


def output_class(resource: Resource, user: User | None) -> Any:
    """The representation; a reader sees what they may know of it, and only what they ask for."""
    name = resource.one
    return kept(user, name, lambda: type(name, (serializers.Serializer,), output_fields(resource, user)))


def output_fields(resource: Resource, user: User | None) -> dict[str, Any]:
    made: dict[str, Any] = {"id": serializers.IntegerField(read_only=True)}
    if resource.version:
        made["version"] = serializers.IntegerField(required=False)
    known = Known(resource, user).fields
    for key, declared in known.items():
        if not declared.is_custom:
            made[key] = optional(schema_field(resource.record_kind, declared))
    for nested in resource.nested:
        made[nested.key] = optional(nested.schema(user))
    if has_custom(resource):
        made["custom"] = serializers.DictField(required=False)
    return made


def optional(made: Any) -> Any:
    made.read_only, made.required = False, False
    return made


def page_class(resource: Resource, user: User | None) -> Any:
    row, name = output_class(resource, user), f"{resource.one}Page"
    return kept(user, name, lambda: page_of(name, row))


def page_of(name: str, row: type[serializers.Serializer]) -> type[serializers.Serializer]:
    fields = {
        "next": serializers.CharField(allow_null=True),
        "previous": serializers.CharField(allow_null=True),
        "count": serializers.IntegerField(required=False),
        "count_is_exact": serializers.BooleanField(required=False),
        "results": row(many=True),
    }
    return type(name, (serializers.Serializer,), fields)


def create_class(resource: Resource, user: User | None) -> Any:
    return input_class(resource, "create", user)


def edit_class(resource: Resource, user: User | None) -> Any:
    return input_class(resource, "edit", user)(partial=True)


# --- parameters ----------------------------------------------------------------------------------------------------


def text_parameter(name: str, words: str, kind: Any = OpenApiTypes.STR) -> OpenApiParameter:
    return OpenApiParameter(name, kind, QUERY, description=words)


FIELDS = text_parameter("fields", "Only these fields, separated by commas.")
IF_MATCH = OpenApiParameter(
    "If-Match", OpenApiTypes.STR, HEADER, description="The ETag of the record as it was read; `*` for any."
)
IDEMPOTENCY_KEY = OpenApiParameter(
    "Idempotency-Key",
    OpenApiTypes.STR,
    HEADER,
    description="Up to 100 characters: sent again with the same key within a day, the work is done once.",
)
PAGE = (
    OpenApiParameter("limit", {"type": "integer", "minimum": 1, "maximum": 200}, QUERY),
    text_parameter("cursor", "Where the page begins: from the links `next` and `previous`."),
    OpenApiParameter("count", {"type": "string", "enum": ["true"]}, QUERY, description="Count to 10,000."),
    text_parameter("rule", "A rule as JSON; see /api/v1/rules/check/."),
)
COMPARED = {
    FieldType.DATE: {"type": "string", "format": "date"},
    FieldType.MOMENT: {"type": "string"},
    **{key: {"type": "string", "pattern": r"^-?\d{1,12}(\.\d{1,4})?$"} for key in NUMERIC},
}


def list_parameters(resource: Resource, user: User | None) -> tuple[OpenApiParameter, ...]:
    known = Known(resource, user).fields
    kind = resource.record_kind
    found = [FIELDS, *PAGE, sort_parameter(known)]
    if kind.filter_class is not None and "q" in kind.filter_class.base_filters:
        found.append(text_parameter("q", "As the search box of the list finds."))
    found.append(text_parameter("id", "These ids, separated by commas."))
    for key, declared in known.items():
        if declared.is_rule:
            found += filter_parameters(key, declared)
    return tuple(found)


def sort_parameter(known: Fields) -> OpenApiParameter:
    names = ["id", *(key for key, declared in known.items() if declared.sortable)]
    both = [text for name in names for text in (name, f"-{name}")]
    return OpenApiParameter("sort", {"type": "string", "enum": both}, QUERY)


def filter_parameters(key: str, declared: Any) -> list[OpenApiParameter]:
    """The field with its usual operators; `key__operator` works with every operator of a rule."""
    shape = COMPARED.get(declared.type)
    if shape:
        usual = {**shape, "format": "date"} if declared.type is FieldType.MOMENT else shape
        return [
            OpenApiParameter(key, usual, QUERY, description=declared.title),
            *(OpenApiParameter(f"{key}__{op}", shape, QUERY) for op in ("gte", "lte")),
        ]
    if declared.type is FieldType.YES_NO:
        return [OpenApiParameter(key, {"type": "string", "enum": ["true", "false"]}, QUERY)]
    found = [text_parameter(key, declared.title)]
    if declared.type in WORDED:
        found.append(text_parameter(f"{key}__contains", declared.title))
    return found
