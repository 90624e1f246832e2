"""Addresses that stand in a mail: with the name under which the program is known."""

from django.conf import settings
from django.http import HttpRequest


def base_url(request: HttpRequest) -> str:
    """PUBLIC_URL if it is set; else as the browser reached us, a host that ALLOWED_HOSTS has let through."""
    return settings.PUBLIC_URL or f"{request.scheme}://{request.get_host()}"
