"""Whatever goes wrong below /api/ is told as a problem document, also where no view of the API was reached."""

from collections.abc import Callable
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from crm.api.problems import MEDIA_TYPE, plain_response

PREFIX = "/api/"
KEPT = ("Allow", "Retry-After", "WWW-Authenticate")


class ProblemMiddleware:
    """Stands outside of everything that answers with a page: unknown addresses, outages, too large requests."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if not request.path.startswith(PREFIX) or response.status_code < 400:
            return response
        if response.get("Content-Type", "").startswith(MEDIA_TYPE):
            return response
        told = plain_response(response.status_code, words(response.status_code))
        for name in KEPT:
            if name in response:
                told.headers[name] = response[name]
        return told


def words(status: int) -> str:
    told = {
        400: _("This request cannot be read."),
        403: _("You may not do this."),
        404: _("There is nothing at this address."),
        405: _("This address does not know this method."),
        413: _("This is more than can be sent at once."),
        500: _("Something went wrong here. It was noted."),
        503: _("The database cannot be reached for a moment. Try again."),
    }
    return told.get(status, HTTPStatus(status).phrase)
