"""The pages that say what went wrong, each in the frame of the program and in plain words."""

import sys

from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string

from crm.health.outage import is_outage, unavailable


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "crm/errors/400.html", status=400)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "crm/errors/403.html", status=403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "crm/errors/404.html", status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """Rendered without the request: whatever broke may be part of the frame."""
    if is_outage(sys.exc_info()[1]):
        return unavailable()
    return HttpResponse(render_to_string("crm/errors/500.html"), status=500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return render(request, "crm/errors/403.html", {"csrf": True}, status=403)


def too_large(request: HttpRequest, limit: int) -> HttpResponse:
    return render(request, "crm/errors/413.html", {"limit": limit}, status=413)


def stale(request: HttpRequest, current: Model) -> HttpResponse:
    """Somebody else changed the record first; nothing was written."""
    context = {"obj_label": str(current), "back_url": request.path, "differences": []}
    return render(request, "crm/errors/409.html", context, status=409)
