from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from crm.administration.setup import is_set_up


class SetupMiddleware:
    """Where nobody works yet, the sign-in page leads to the set-up."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        match = request.resolver_match
        is_sign_in = match is not None and match.url_name == "account_login" and request.method == "GET"
        return redirect("setup") if is_sign_in and not is_set_up() else None
