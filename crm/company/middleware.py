from collections.abc import Callable
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from crm.access.grants import grants
from crm.company.selectors import company, forget_company
from crm.kept import forget_all
from crm.staff.models import User


class TimeZoneMiddleware:
    """Times are shown in the reader's zone, else in the company's; numbers and days as the company writes them."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        forget_all(in_request=True)
        forget_company()
        if isinstance(request.user, User):
            grants(request.user)  # read by every page anyway, and the company beside them
            own = company()
            timezone.activate(ZoneInfo(request.user.time_zone or own.time_zone))
        else:
            timezone.deactivate()
        try:
            return self.get_response(request)
        finally:
            forget_all()
