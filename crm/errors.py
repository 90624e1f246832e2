"""The pages that say what went wrong, each in the frame of the program and in plain words."""

import sys
from collections.abc import Sequence
from typing import Any

from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string

from crm.fragments import is_fragment
from crm.health.outage import is_given_up, is_outage, unavailable
from crm.staff.models import User


def error_page(request: HttpRequest, status: int, **context: Any) -> HttpResponse:
    """With navigation and search for the signed-in; plain for strangers and for a part of a page."""
    inside = isinstance(getattr(request, "user", None), User) and not is_fragment(request)
    frame = "crm/errors/inside.html" if inside else "crm/errors/outside.html"
    return render(request, f"crm/errors/{status}.html", {"error_frame": frame, **context}, status=status)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return error_page(request, 400)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return error_page(request, 403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return error_page(request, 404)


def method_not_allowed(request: HttpRequest, allowed: Sequence[str]) -> HttpResponse:
    response = error_page(request, 405)
    response.headers["Allow"] = ", ".join(allowed)
    return response


def server_error(request: HttpRequest) -> HttpResponse:
    """Rendered without the request: whatever broke may be part of the frame."""
    fault = sys.exc_info()[1]
    if is_outage(fault):
        return unavailable()
    if is_given_up(fault):
        return HttpResponse(render_to_string("crm/errors/too_slow.html"), status=503)
    return HttpResponse(render_to_string("crm/errors/500.html"), status=500)


def read_only(request: HttpRequest) -> HttpResponse:
    """Nothing is written, and nothing private shown, while somebody sees the program as another."""
    return error_page(request, 403, read_only=True)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return error_page(request, 403, csrf=True)


def too_large(request: HttpRequest, limit: int) -> HttpResponse:
    return error_page(request, 413, limit=limit)


def stale(request: HttpRequest, current: Model) -> HttpResponse:
    """Somebody else changed the record first; nothing was written."""
    return error_page(request, 409, obj_label=str(current), back_url=request.path, differences=[])
