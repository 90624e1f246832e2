import ipaddress
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from crm.audit.services import origin_ip


def client_ip(request: HttpRequest) -> str | None:
    """The address before the trusted proxies, as sign-in limits see it; what a client claims itself is not heard."""
    count: int = settings.ALLAUTH_TRUSTED_PROXY_COUNT
    hops = request.headers.get("X-Forwarded-For", "").split(",")
    if 0 < count <= len(hops):
        try:
            return str(ipaddress.ip_address(hops[-count].strip()))
        except ValueError:
            pass
    return request.META.get("REMOTE_ADDR") or None


class OriginMiddleware:
    """Lets audit entries know the address a request came from."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        token = origin_ip.set(client_ip(request))
        try:
            return self.get_response(request)
        finally:
            origin_ip.reset(token)
