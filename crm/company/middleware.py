from collections.abc import Callable
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from crm.company.selectors import company, forget_company
from crm.staff.models import User


class TimeZoneMiddleware:
    """Times are shown in the reader's zone, else in the company's; numbers and days as the company writes them."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        forget_company()
        if isinstance(request.user, User):
            own = (
                company()
            )  # read by every page anyway; from here on its numbers and days are written its way
            timezone.activate(ZoneInfo(request.user.time_zone or own.time_zone))
        else:
            timezone.deactivate()
        return self.get_response(request)
