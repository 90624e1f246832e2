"""Everything that goes wrong is a problem document (RFC 9457): type, title, status, detail, errors by field."""

from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig, ValidationError
from django.db import IntegrityError
from django.http import Http404, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from psycopg.errors import UniqueViolation
from rest_framework import exceptions
from rest_framework.exceptions import APIException
from rest_framework.response import Response

from crm.health.outage import is_given_up
from crm.rules.errors import RuleError

MEDIA_TYPE = "application/problem+json"
Errors = list[dict[str, str]]


class Problem(APIException):
    """Raised anywhere below a view; `more` are further members of the document."""

    def __init__(
        self,
        status: int,
        detail: str,
        *,
        errors: Errors | None = None,
        headers: Mapping[str, str] | None = None,
        more: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(detail)
        self.status_code = status
        self.text = detail
        self.errors = errors or []
        self.headers = dict(headers or {})
        self.more = dict(more or {})


def document(
    status: int, detail: str, errors: Errors | None = None, more: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    title = HTTPStatus(status).phrase
    kind = f"urn:tenure:problem:{status}"
    found: dict[str, Any] = {"type": kind, "title": title, "status": status, "detail": detail}
    return {**found, "errors": errors or [], **(more or {})}


def refused(errors: Errors) -> Problem:
    """422: what was sent can be read, but not accepted."""
    return Problem(422, _("Some values cannot be accepted."), errors=errors)


def bad_request(text: str, field: str = "") -> Problem:
    return Problem(400, text, errors=[{"field": field, "detail": text}] if field else [])


def of_validation(fault: ValidationError) -> Problem:
    """What a service refused, at its fields."""
    by_field: dict[str, list[str]] = (
        fault.message_dict if hasattr(fault, "error_dict") else {"": fault.messages}
    )
    names = {"__all__": ""}
    return refused(
        [
            {"field": names.get(name, name), "detail": text}
            for name, texts in by_field.items()
            for text in texts
        ]
    )


def of_rule(fault: RuleError, status: int = 422) -> Problem:
    place = ".".join(map(str, ("rule", *fault.place)))
    return Problem(status, fault.text, errors=[{"field": place, "detail": fault.text}])


def flat(detail: Any, path: str = "") -> Iterable[dict[str, str]]:
    """The errors of a serializer as a list: the field as a path (`lines.0.quantity`), the words."""
    if isinstance(detail, Mapping):
        for key, value in detail.items():
            name = "" if key == "non_field_errors" else str(key)
            yield from flat(value, ".".join(filter(None, (path, name))))
    elif isinstance(detail, list):
        for index, value in enumerate(detail):
            is_nested = isinstance(value, (Mapping, list))
            yield from flat(value, f"{path}.{index}" if is_nested and path else path)
    else:
        yield {"field": path, "detail": str(detail)}


def as_problem(fault: Exception) -> Problem | None:
    """None for what is nobody's mistake but the program's."""
    if isinstance(fault, Problem):
        return fault
    if isinstance(fault, exceptions.ValidationError):
        return refused(list(flat(fault.detail)))
    if isinstance(fault, ValidationError):
        return of_validation(fault)
    if isinstance(fault, RuleError):
        return of_rule(fault)
    if isinstance(fault, Http404):
        return Problem(404, _("There is no such record, or you may not see it."))
    if isinstance(fault, PermissionDenied):
        return Problem(403, _("You may not do this."))
    if isinstance(fault, RequestDataTooBig):
        return Problem(413, _("This is more than can be sent at once."))
    if isinstance(fault, IntegrityError) and isinstance(fault.__cause__, UniqueViolation):
        return Problem(409, _("There is such a record already."))
    if is_given_up(fault):
        return Problem(503, _("This asks for too much at once: the database gave it up. Ask for less."))
    return of_framework(fault) if isinstance(fault, APIException) else None


def of_framework(fault: APIException) -> Problem:
    headers = {}
    if isinstance(fault, exceptions.Throttled) and fault.wait is not None:
        headers["Retry-After"] = str(max(1, round(fault.wait)))
    if getattr(fault, "auth_header", None):
        headers["WWW-Authenticate"] = str(fault.auth_header)
    return Problem(fault.status_code, str(fault.detail), headers=headers)


def handle(fault: Exception, context: dict[str, Any]) -> Response | None:
    """REST framework's handler of exceptions (settings.REST_FRAMEWORK)."""
    found = as_problem(fault)
    if found is None:
        return None
    data = document(found.status_code, found.text, found.errors, found.more)
    return Response(data, status=found.status_code, headers=found.headers, content_type=MEDIA_TYPE)


def plain_response(status: int, detail: str) -> HttpResponse:
    """Outside of REST framework: for addresses that do not exist and requests that were stopped before."""
    return JsonResponse(document(status, detail), status=status, content_type=MEDIA_TYPE)
