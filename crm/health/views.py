"""What machines ask: does the process live, can it serve, how is it doing. No sign-in."""

import secrets

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseForbidden, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from django_prometheus.exports import ExportToDjangoView

from crm.health.checks import problems


@require_safe
@never_cache
def healthz(request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok\n", content_type="text/plain")


@require_safe
@never_cache
def readyz(request: HttpRequest) -> HttpResponse:
    missing = problems()
    return JsonResponse({"ready": not missing, "missing": missing}, status=503 if missing else 200)


@require_safe
@never_cache
def metrics(request: HttpRequest) -> HttpResponse:
    """With METRICS_TOKEN set, for its bearer; without, for this machine only and never through a proxy."""
    token = settings.METRICS_TOKEN
    if token:
        allowed = secrets.compare_digest(
            request.headers.get("Authorization", "").encode(), f"Bearer {token}".encode()
        )
    else:
        is_proxied = any(
            name in request.headers for name in ("X-Forwarded-For", "X-Forwarded-Proto", "Forwarded")
        )
        allowed = request.META.get("REMOTE_ADDR") in {"127.0.0.1", "::1"} and not is_proxied
    if not allowed:
        return HttpResponseForbidden(
            "For this machine or the bearer of METRICS_TOKEN only.\n", content_type="text/plain"
        )
    response: HttpResponse = ExportToDjangoView(request)
    return response
