"""The base of every address of the API: who asks, may they, how often; writes in one transaction."""

from collections.abc import Callable
from typing import Any, ClassVar, cast

from django.db import transaction
from django.http import QueryDict
from django.http.response import HttpResponseBase
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _
from rest_framework.exceptions import NotAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from crm.api.answers import Answer
from crm.api.authentication import actor_again
from crm.api.idempotency import once
from crm.api.limits import RequestLimit
from crm.api.problems import bad_request
from crm.api.resources import Resource
from crm.api.writing import require_verb
from crm.staff.models import User


class ApiView(APIView):
    """Everybody who is signed in may enter; `verbs` says which verb of the resource a method is."""

    throttle_classes = [RequestLimit]
    metadata_class = None
    resource: ClassVar[Resource | None] = None
    verbs: ClassVar[dict[str, str]] = {}
    #: parameters that an address knows; None for those that filter
    parameters: ClassVar[frozenset[str] | None] = frozenset()

    def check_permissions(self, request: Request) -> None:
        if not isinstance(request.user, User):
            raise NotAuthenticated
        method = (request.method or "").lower().replace("head", "get")
        verb = self.verbs.get(method) if method in self.http_method_names else None
        if self.resource is not None and verb is not None:
            require_verb(self.resource, verb, request.user, request.auth)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        unknown = set(request.GET) - self.parameters if self.parameters is not None else set()
        for name in sorted(unknown):
            raise bad_request(_("There is no such parameter."), name[:100])

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Response:
        found = super().finalize_response(request, response, *args, **kwargs)
        add_never_cache_headers(cast(HttpResponseBase, found))
        return found

    @property
    def user(self) -> User:
        return cast(User, self.request.user)

    @property
    def params(self) -> QueryDict:
        """The parameters of the address. Raises Problem (400) for text that no database holds."""
        params: QueryDict = self.request.GET
        for name in params:
            if any("\0" in text for text in (name, *params.getlist(name))):
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
            self.require_again(actor)
            answer = once(request, actor, lambda: work(actor))
        return answer.response()

    def require_again(self, actor: User) -> None:
        verb = self.verbs.get((self.request.method or "").lower())
        if self.resource is not None and verb is not None:
            require_verb(self.resource, verb, actor, self.request.auth)


class ResourceView(ApiView):
    """An address of a resource; classes made by crm.api.urls carry the resource."""

    resource: ClassVar[Resource]
