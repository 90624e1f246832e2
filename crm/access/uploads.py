"""What a request may weigh: judged by its announced length, before a byte of its body is read or spooled."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from crm.errors import too_large

# the other fields of the form and the frames between the files
AROUND_FILES = 64 * 1024


class UploadLimitMiddleware:
    """Before the CSRF check, which reads the form. A view that takes files names its limit in `upload_limit`.

    No body goes past it unannounced: Django reads no further than Content-Length, and nothing without one.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        name = getattr(getattr(view, "view_class", None), "upload_limit", "DATA_UPLOAD_MAX_MEMORY_SIZE")
        limit: int = getattr(settings, name)
        return too_large(request, limit) if announced(request) > limit + AROUND_FILES else None


def announced(request: HttpRequest) -> int:
    try:
        return int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        return 0
