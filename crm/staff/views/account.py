from typing import Any

from django.conf import settings
from django.contrib.auth import login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views import View

from crm.staff.models import User

DEMO_ROLES = ("rep", "agent", "marketer", "manager", "admin")
LOOPBACK_ADDRESSES = {"127.0.0.1", "::1"}


class ClosedView(View):
    """What the library offers and this house does not."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        raise Http404


class DemoSignInView(View):
    """One click in as a person of the demo company; exists in demo mode and for the loopback address only."""

    def post(self, request: HttpRequest) -> HttpResponse:
        if not (
            settings.DEMO and settings.LOOPBACK and request.META.get("REMOTE_ADDR") in LOOPBACK_ADDRESSES
        ):
            raise Http404
        role = request.POST.get("role", "")
        if role not in DEMO_ROLES:
            raise Http404
        user = get_object_or_404(User, email=f"{role}@tenure.example", is_active=True)
        login(request, user, backend="allauth.account.auth_backends.AuthenticationBackend")
        target = request.POST.get("next", "")
        safe = url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()})
        return redirect(target if safe else "home")
