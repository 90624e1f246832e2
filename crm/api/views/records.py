"""The addresses that every resource has: its list, one record, the verbs on it, a rule asked of it, many at once."""

from typing import Any, ClassVar

from django.http import Http404
from rest_framework.request import Request
from rest_framework.response import Response

from crm.api import operations as ops
from crm.api.answers import etag
from crm.api.inputs import action_class
from crm.api.operations import Operation
from crm.api.paging import base_rows, links, read_page
from crm.api.representing import Shape
from crm.api.resources import Action, Part
from crm.api.views.base import ResourceView
from crm.api.writing import LARGEST_ID, Writer

FIELDS = frozenset({"fields"})


class CollectionView(ResourceView):
    verbs = {"get": "view", "post": "create"}
    parameters = {"get": None, "post": FIELDS}

    def get(self, request: Request) -> Response:
        rows = base_rows(self.resource, self.user)
        return Response(read_page(self.resource, self.user, rows, self.params, links(request, self.params)))

    def post(self, request: Request) -> Response:
        asked = self.params.get("fields")
        return self.write(lambda actor: Writer(self.resource, actor, asked).create(request.data))

    def operation(self, method: str) -> Operation:
        resource, reader = self.resource, self.reader
        if method == "get":
            return Operation(
                f"{self.prefix}_list",
                f"List {resource.name}",
                resource.name,
                {200: ops.page_class(resource, reader)},
                parameters=ops.list_parameters(resource, reader),
            )
        return Operation(
            f"{self.prefix}_create",
            f"Create one of the {resource.name}",
            resource.name,
            {201: ops.output_class(resource, reader)},
            request=ops.create_class(resource, reader),
            parameters=(ops.FIELDS, ops.IDEMPOTENCY_KEY),
            errors=ops.WITH_BODY,
        )


class RecordView(ResourceView):
    verbs = {"get": "view", "patch": "edit", "delete": "delete"}
    parameters = dict.fromkeys(("get", "patch", "delete"), FIELDS)

    def get(self, request: Request, pk: int) -> Response:
        shape = Shape(self.resource, self.user, self.params.get("fields"))
        obj = found(self, pk)
        return Response(shape.one(pk), headers=etag(self.resource.version_of(obj)))

    def patch(self, request: Request, pk: int) -> Response:
        asked, match = self.params.get("fields"), self.match
        return self.write(lambda actor: Writer(self.resource, actor, asked).edit(pk, match, request.data))

    def delete(self, request: Request, pk: int) -> Response:
        return self.write(lambda actor: Writer(self.resource, actor).delete(pk, self.match))

    def operation(self, method: str) -> Operation:
        resource, reader = self.resource, self.reader
        versioned = bool(resource.version)
        match = (ops.IF_MATCH,) if versioned and method != "get" else ()
        shown = ops.output_class(resource, reader)
        words = {"get": ("retrieve", "Read"), "patch": ("edit", "Change"), "delete": ("delete", "Delete")}
        name, word = words[method]
        return Operation(
            f"{self.prefix}_{name}",
            f"{word} one of the {resource.name}",
            resource.name,
            {204: None} if method == "delete" else {200: shown},
            request=ops.edit_class(resource, reader) if method == "patch" else None,
            parameters=(ops.FIELDS, *match),
            errors=(
                *(ops.WITH_BODY if method == "patch" else (409, 422) if method == "delete" else ()),
                *(ops.WITH_VERSION if match else ()),
            ),
        )


class ActionView(ResourceView):
    action: ClassVar[Action]
    parameters = {"post": FIELDS}

    def post(self, request: Request, pk: int) -> Response:
        asked = self.params.get("fields")
        return self.write(
            lambda actor: Writer(self.resource, actor, asked).act(self.action, pk, self.match, request.data)
        )

    def operation(self, method: str) -> Operation:
        return Operation(
            f"{self.prefix}_{self.action.name}",
            str(self.action.summary),
            self.resource.name,
            {200: ops.output_class(self.resource, self.reader)},
            request=action_class(self.resource, self.action, self.reader) if self.action.inputs else None,
            parameters=(ops.FIELDS, ops.IDEMPOTENCY_KEY, ops.IF_MATCH),
            errors=(*ops.WITH_BODY, 412),
        )


class PartView(ResourceView):
    """A part of a record with a permission of its own beside that of the record."""

    part: ClassVar[Part]
    verbs = {"get": "view"}

    def get(self, request: Request, pk: int) -> Response:
        shown = self.part.read(self.user, found(self, pk))
        if shown is None:
            raise Http404
        return Response(shown)

    def operation(self, method: str) -> Operation:
        return Operation(
            f"{self.prefix}_{self.part.name}",
            str(self.part.summary),
            self.resource.name,
            {200: self.part.schema(self.reader)},
        )


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
