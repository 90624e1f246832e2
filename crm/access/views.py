"""The base of every view of ours: it names its permission, and nothing runs without it."""

from typing import Any, ClassVar

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import Resolver404, resolve, reverse
from django.views import View

from crm.access.services import allowed
from crm.errors import method_not_allowed, stale
from crm.records.errors import StaleRecord
from crm.staff.models import User


class ProtectedView(View):
    """`permission` is checked before dispatch; None means that being signed in is enough.

    `upload_limit` names the setting that says how many bytes may be sent (crm.access.uploads). A GET of an address
    that only takes a POST (a reload, the way on after signing in) leads to the page it belongs to: the URL name
    `belongs_to`, else the nearest address above.
    """

    permission: ClassVar[str | None]
    upload_limit: ClassVar[str] = "DATA_UPLOAD_MAX_MEMORY_SIZE"
    belongs_to: ClassVar[str] = ""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if self.permission is not None and not allowed(self.user, self.permission):
            raise PermissionDenied
        try:
            return super().dispatch(request, *args, **kwargs)
        except StaleRecord as fault:
            return stale(request, fault.current)

    def http_method_not_allowed(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method in ("GET", "HEAD"):
            page = reverse(self.belongs_to) if self.belongs_to else page_above(request.path)
            if page:
                return redirect(page)
        return method_not_allowed(
            request, [name.upper() for name in self.http_method_names if hasattr(self, name)]
        )

    @property
    def user(self) -> User:
        """The signed-in person; SignedInMiddleware lets nobody else through."""
        user = self.request.user
        if not isinstance(user, User):
            raise PermissionDenied
        return user


def page_above(path: str) -> str:
    """The nearest address above this one that can be read; empty if there is none but Home."""
    parts = path.strip("/").split("/")[:-1]
    for length in range(len(parts), 0, -1):
        above = "/" + "/".join(parts[:length]) + "/"
        try:
            view = getattr(resolve(above).func, "view_class", None)
        except Resolver404:
            continue
        if hasattr(view, "get"):
            return above
    return ""
