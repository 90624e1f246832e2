"""The addresses that every resource has: its list, one record, the verbs on it, a rule asked of it."""

from typing import Any, ClassVar

from django.http import Http404
from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.response import Response

from crm.api.answers import etag
from crm.api.paging import base_rows, read_page
from crm.api.problems import bad_request
from crm.api.representing import Shape
from crm.api.resources import Action, Part
from crm.api.views.base import ResourceView
from crm.api.writing import LARGEST_ID, Writer

FIELDS = frozenset({"fields"})


class CollectionView(ResourceView):
    verbs = {"get": "view", "post": "create"}
    parameters = None

    def get(self, request: Request) -> Response:
        rows = base_rows(self.resource, self.user)
        return Response(read_page(request, self.resource, self.user, rows, self.params))

    def post(self, request: Request) -> Response:
        check_known(request, FIELDS)
        asked = self.params.get("fields")
        return self.write(lambda actor: Writer(self.resource, actor, asked).create(request.data))


class RecordView(ResourceView):
    verbs = {"get": "view", "patch": "edit", "delete": "delete"}
    parameters = FIELDS

    def get(self, request: Request, pk: int) -> Response:
        shape = Shape(self.resource, self.user, self.params.get("fields"))
        obj = self.record(pk)
        return Response(shape.one(pk), headers=etag(self.resource.version_of(obj)))

    def patch(self, request: Request, pk: int) -> Response:
        asked, match = self.params.get("fields"), self.match
        return self.write(lambda actor: Writer(self.resource, actor, asked).edit(pk, match, request.data))

    def delete(self, request: Request, pk: int) -> Response:
        return self.write(lambda actor: Writer(self.resource, actor).delete(pk, self.match))

    def record(self, pk: int) -> Any:
        return found(self, pk)


class ActionView(ResourceView):
    action: ClassVar[Action]
    parameters = FIELDS

    def post(self, request: Request, pk: int) -> Response:
        asked = self.params.get("fields")
        return self.write(lambda actor: Writer(self.resource, actor, asked).act(self.action, pk, self.match))


class PartView(ResourceView):
    """A part of a record with a permission of its own beside that of the record."""

    part: ClassVar[Part]
    verbs = {"get": "view"}

    def get(self, request: Request, pk: int) -> Response:
        shown = self.part.read(self.user, found(self, pk))
        if shown is None:
            raise Http404
        return Response(shown)


def found(view: ResourceView, pk: int) -> Any:
    """The record, if its reader may see it. Raises Http404."""
    if not 0 < pk < LARGEST_ID:
        raise Http404
    rows = view.resource.visible(view.user)
    if view.resource.select:
        rows = rows.select_related(*view.resource.select)
    obj = rows.filter(pk=pk).first()
    if obj is None:
        raise Http404
    return obj


def check_known(request: Request, known: frozenset[str]) -> None:
    for name in sorted(set(request.GET) - known):
        raise bad_request(_("There is no such parameter."), name[:100])
