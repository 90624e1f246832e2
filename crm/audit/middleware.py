from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from crm.audit.services import origin_ip


class OriginMiddleware:
    """Lets audit entries know the address a request came from."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        token = origin_ip.set(request.META.get("REMOTE_ADDR") or None)
        try:
            return self.get_response(request)
        finally:
            origin_ip.reset(token)
