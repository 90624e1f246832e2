"""The base of every address of the API: who asks, may they, how often; writes in one transaction."""

from collections.abc import Callable
from typing import Any, ClassVar, cast

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import QueryDict
from django.http.response import HttpResponseBase
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _
from rest_framework.exceptions import NotAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from crm.access.services import allowed
from crm.api.answers import Answer
from crm.api.authentication import actor_again
from crm.api.idempotency import once
from crm.api.limits import RequestLimit
from crm.api.operations import Operation
from crm.api.problems import bad_request
from crm.api.resources import Resource
from crm.api.scopes import covers
from crm.api.writing import require_verb
from crm.staff.models import User


class ApiView(APIView):
    """Everybody who is signed in may enter, with a token as far as `scope` reaches.

    `parameters` are those that each method knows; None for one whose parameters are filters.
    """

    throttle_classes = [RequestLimit]
    metadata_class = None
    scope: ClassVar[str] = ""
    parameters: ClassVar[dict[str, frozenset[str] | None]] = {}
    writes: ClassVar[tuple[str, ...]] = ("post", "patch", "delete")

    def check_permissions(self, request: Request) -> None:
        if not isinstance(request.user, User):
            raise NotAuthenticated
        if self.method in self.http_method_names:
            self.require(request.user, request.auth)

    def require(self, user: User, token: Any) -> None:
        """Raises PermissionDenied; asked before anything is read, and again inside the transaction that writes."""
        if self.scope and not covers(token, self.scope, writes=self.method in self.writes):
            raise PermissionDenied

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if self.method not in self.http_method_names:
            return  # it is refused as a whole
        known = self.parameters.get(self.method, frozenset())
        for name in sorted(set(request.GET) - known if known is not None else ()):
            raise bad_request(_("There is no such parameter."), name[:100])

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Response:
        found = super().finalize_response(request, response, *args, **kwargs)
        add_never_cache_headers(cast(HttpResponseBase, found))
        return found

    def operation(self, method: str) -> Operation:
        """What the schema tells of a method."""
        raise NotImplementedError

    @property
    def method(self) -> str:
        return (self.request.method or "").lower().replace("head", "get")

    @property
    def user(self) -> User:
        return cast(User, self.request.user)

    @property
    def reader(self) -> User | None:
        """For whom the schema is made; None for everybody."""
        user = getattr(getattr(self, "request", None), "user", None)
        return user if isinstance(user, User) else None

    @property
    def params(self) -> QueryDict:
        """The parameters of the address. Raises Problem (400) for text that no database holds."""
        params: QueryDict = self.request.GET
        for name in params:
            if any("\0" in str(text) for text in (name, *params.getlist(name))):
                raise bad_request(_("A parameter holds characters that cannot be stored."))
        return params

    @property
    def match(self) -> str:
        return str(self.request.headers.get("If-Match", ""))

    def write(self, work: Callable[[User], Answer]) -> Response:
        """Do it in one transaction, as who may still do it, once for one Idempotency-Key."""
        request = self.request
        with transaction.atomic():
            actor = actor_again(self.user, request.auth)
            self.require(actor, request.auth)
            answer = once(request, actor, lambda: work(actor))
        return answer.response()


class ResourceView(ApiView):
    """An address of a resource; classes made by crm.api.urls carry it. `verbs` says which verb a method is."""

    resource: ClassVar[Resource]
    verbs: ClassVar[dict[str, str]] = {}
    part: ClassVar[Any] = None

    def require(self, user: User, token: Any) -> None:
        verb = self.verbs.get(self.method)
        if verb is not None:
            require_verb(self.resource, verb, user, token)
        if self.part is not None and not allowed(user, self.part.permission):
            raise PermissionDenied

    @property
    def prefix(self) -> str:
        return self.resource.name.replace("-", "_")
