from collections.abc import Callable
from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from crm.staff.models import User

EVERY = timedelta(minutes=15)


class LastSeenMiddleware:
    """Notes who is at work, at most once in a quarter of an hour: the one thing that a GET may write."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user = request.user
        now = timezone.now()
        if isinstance(user, User) and user.seen_at and now - user.seen_at > EVERY:
            User.objects.filter(pk=user.pk).update(last_seen_at=now)
        return self.get_response(request)
