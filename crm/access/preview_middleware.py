from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from crm.access.preview import KEY, preview_end, preview_of
from crm.errors import read_only
from crm.staff.models import User

SAFE = {"GET", "HEAD", "OPTIONS"}
# what is a person's own and nobody else's, whoever looks through their eyes
PRIVATE = (
    "/accounts/",
    "/settings/profile/",
    "/settings/notifications/",
    "/settings/tokens/",
    "/job-files/",
    "/notifications/",
    "/favourites/",
)


class PreviewMiddleware:
    """While somebody sees the program as another, every page is made for that other, and nothing is written."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        reader = request.user
        if not isinstance(reader, User) or KEY not in request.session:
            return self.get_response(request)
        found = preview_of(request, reader)
        is_way_out = request.path in (reverse("access:preview-end"), reverse("account_logout"))
        if found is None or (is_way_out and request.method == "POST"):
            preview_end(request)
            return self.get_response(request)
        request.user = found.user
        request.reader, request.preview = reader, found  # type: ignore[attr-defined]
        if request.method not in SAFE or request.path.startswith(PRIVATE):
            return read_only(request)
        return self.get_response(request)
