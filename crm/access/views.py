"""The base of every view of ours: it names its permission, and nothing runs without it."""

from typing import Any, ClassVar

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.views import View

from crm.access.services import allowed
from crm.errors import stale
from crm.records.errors import StaleRecord
from crm.staff.models import User


class ProtectedView(View):
    """`permission` is checked before dispatch; None means that being signed in is enough.

    `upload_limit` names the setting that says how many bytes may be sent (crm.access.uploads).
    """

    permission: ClassVar[str | None]
    upload_limit: ClassVar[str] = "DATA_UPLOAD_MAX_MEMORY_SIZE"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if self.permission is not None and not allowed(self.user, self.permission):
            raise PermissionDenied
        try:
            return super().dispatch(request, *args, **kwargs)
        except StaleRecord as fault:
            return stale(request, fault.current)

    @property
    def user(self) -> User:
        """The signed-in person; SignedInMiddleware lets nobody else through."""
        user = self.request.user
        if not isinstance(user, User):
            raise PermissionDenied
        return user
