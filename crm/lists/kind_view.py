"""The base of the addresses that serve every kind of record: the permission is that of the kind."""

from typing import Any, ClassVar

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect

from crm.access.services import allowed, find
from crm.access.views import ProtectedView
from crm.lists.state import ListState, read_state
from crm.records.kinds import Kind, kind_at


class KindView(ProtectedView):
    """`/lists/<slug:kind>/...`; `action` of the kind's access object must be allowed for any row at all."""

    permission = None
    action: ClassVar[str] = "view"
    needs_list: ClassVar[bool] = True
    kind: Kind

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.kind = kind_at(kwargs.pop("kind"))
        if self.needs_list and not self.kind.list_url:
            raise Http404
        if not allowed(self.user, self.kind.permission(self.action)):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def http_method_not_allowed(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method in ("GET", "HEAD") and self.kind.list_url:
            return redirect(self.kind.list_url)
        return super().http_method_not_allowed(request, *args, **kwargs)

    def state(self, params: QueryDict) -> ListState:
        return read_state(self.kind, self.user, params)

    def record(self, pk: int) -> Any:
        return find(self.kind.rows(), self.user, pk)


def read_version(request: HttpRequest, obj: Any) -> int:
    """The version that the writer saw; a form that does not say it saw what stands now."""
    text = request.POST.get("version", "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else int(obj.version)
