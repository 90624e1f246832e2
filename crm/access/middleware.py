from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.utils.cache import add_never_cache_headers
from django.utils.http import url_has_allowed_host_and_scheme

from crm.staff.models import User


class SignedInMiddleware:
    """Only views of ProtectedView's kind ask for a sign-in here; pages of signed-in people are never cached."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        is_public = "public" in response.get("Cache-Control", "")  # the logo, which is nobody's secret
        if isinstance(request.user, User) and not is_public:
            add_never_cache_headers(response)
        return response

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        if not hasattr(getattr(view, "view_class", None), "permission") or isinstance(request.user, User):
            return None
        if request.headers.get("HX-Request"):
            return HttpResponse(status=401)  # the page stays as it is, and says so: static/js/requests.js
        return redirect_to_login(place_of(request))


def place_of(request: HttpRequest) -> str:
    """The page to come back to after signing in: the one asked for, or the one whose form was sent."""
    if request.method in ("GET", "HEAD"):
        return request.get_full_path()
    came_from = request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(came_from, allowed_hosts={request.get_host()}):
        return "/"
    page = urlsplit(came_from)
    return f"{page.path}?{page.query}" if page.query else page.path or "/"
