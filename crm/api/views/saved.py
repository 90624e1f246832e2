"""Saved views: listing, keeping, changing them, and the rows that they show."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, QueryDict
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from crm.access.services import allowed
from crm.api import operations as ops
from crm.api.answers import Answer, etag
from crm.api.inputs import RowField, StrictSerializer, TextField
from crm.api.operations import Operation
from crm.api.paging import base_rows, links, read_limit, read_page
from crm.api.problems import Problem, bad_request, of_rule, refused
from crm.api.resources import Resource, resource_of, resources
from crm.api.views.base import ApiView
from crm.api.writing import LARGEST_ID, matches, require_verb
from crm.fields.catalogue import fields_for
from crm.lists.models import View
from crm.lists.selectors import views
from crm.lists.services import view_create, view_delete, view_edit, view_restore
from crm.lists.state import ListState, read_state
from crm.records.errors import StaleRecord
from crm.records.kinds import Kind, kinds
from crm.rules.compile import Reading, compiled
from crm.rules.errors import RuleError
from crm.rules.tree import read_tree, write_tree
from crm.staff.models import Team, User
from crm.texts import visible

TAG, SCOPE = "views", "lists.view"
MOST_PARAMS, LONGEST_PARAM = 40, 400


class ViewInput(StrictSerializer):
    """`kind` is the name of a resource that has lists; `columns` are keys of fields, `params` quick filters."""

    name = TextField(max_length=80, validators=[visible])
    kind = serializers.CharField(required=False)
    share = serializers.ChoiceField(choices=View.Share.choices, required=False)
    team = RowField(Team.objects.all(), required=False, allow_null=True)
    rule = serializers.DictField(required=False)
    columns = serializers.ListField(child=TextField(max_length=80), required=False, max_length=40)
    params = serializers.DictField(
        child=TextField(max_length=LONGEST_PARAM, allow_blank=True), required=False
    )


class ViewOutput(serializers.Serializer):
    id = serializers.IntegerField()
    version = serializers.IntegerField()
    kind = serializers.CharField()
    name = serializers.CharField()
    share = serializers.ChoiceField(choices=View.Share.choices)
    team = serializers.IntegerField(allow_null=True)
    owner = serializers.IntegerField()
    rule = serializers.DictField()
    columns = serializers.ListField(child=serializers.CharField())
    params = serializers.DictField()


class RowsOutput(serializers.Serializer):
    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)
    count = serializers.IntegerField(required=False)
    count_is_exact = serializers.BooleanField(required=False)
    results = serializers.ListField(child=serializers.DictField())


def listed() -> dict[str, Resource]:
    """The resources whose kinds have lists, by key of the kind."""
    return {resource.kind: resource for resource in resources().values() if resource.record_kind.list_url}


def shown(view: View) -> dict[str, Any]:
    return {
        "id": view.pk,
        "version": view.version,
        "kind": listed()[view.kind].name,
        "name": view.name,
        "share": view.share,
        "team": view.team_id,
        "owner": view.owner_id,
        "rule": view.rule,
        "columns": [column[0] for column in view.columns if column],
        "params": view.params,
    }


class SavedView(ApiView):
    scope = SCOPE

    def seen(self, user: User) -> list[str]:
        """The keys of the kinds of which the person may see any."""
        return [key for key in listed() if allowed(user, kinds()[key].permission("view"))]

    def found(self, user: User, pk: int) -> View:
        if 0 < pk < LARGEST_ID:
            for key in self.seen(user):
                view = views(user, key).filter(pk=pk).first()
                if view is not None:
                    return view
        raise Http404

    def checked(self, view: View) -> int:
        """The version that the writer names. Raises Problem (428, 412)."""
        if not self.match:
            raise Problem(428, _("Name the version that you saw: If-Match with the ETag of the record."))
        if not matches(self.match, view.version):
            raise self.stale(view)
        return view.version

    def stale(self, view: View) -> Problem:
        text = _("Somebody else changed the record first. Nothing was written.")
        return Problem(412, text, headers=etag(view.version), more={"current": shown(view)})

    def values(self, user: User, *, view: View | None) -> dict[str, Any]:
        """What was sent, as services take it, checked against what the writer may know of the kind."""
        serializer = ViewInput(data=self.request.data, partial=view is not None)
        serializer.is_valid(raise_exception=True)
        values: dict[str, Any] = dict(serializer.validated_data)
        name = values.pop("kind", "")
        if view is not None and name:
            raise refused([{"field": "kind", "detail": _("A view stays with its kind of record.")}])
        kind = kinds()[view.kind] if view else kind_named(name, self.seen(user))
        if "rule" in values:
            values["rule"] = checked_rule(kind, user, values["rule"])
        if "columns" in values:
            values["columns"] = checked_columns(kind, user, values["columns"])
        if "params" in values:
            values["params"] = checked_params(kind, values["params"])
        return values | ({} if view else {"kind": kind})


class SavedListView(SavedView):
    http_method_names = ["get", "head", "post"]
    parameters = {"get": frozenset({"kind", "limit", "after"})}

    def get(self, request: Request) -> Response:
        """By id; `after` is the last id of the page before."""
        names = {listed()[key].name: key for key in self.seen(self.user)}
        asked = self.params.get("kind", "")
        if asked and asked not in names:
            raise bad_request(_("There are no lists of these records."), "kind")
        keys = [names[asked]] if asked else list(names.values())
        limit, after = read_limit(self.params.get("limit")), self.params.get("after", "0")
        if not (after.isascii() and after.isdecimal() and len(after) < 19):
            raise bad_request(_("This is no id."), "after")
        rows = [
            view
            for key in keys
            for view in views(self.user, key).filter(pk__gt=int(after)).order_by("pk")[: limit + 1]
        ]
        rows.sort(key=lambda view: view.pk)
        page = rows[:limit]
        following = links(request, self.params) if len(rows) > limit else None
        told = following(str(page[-1].pk)).replace("cursor=", "after=") if following else None
        return Response({"next": told, "previous": None, "results": [shown(view) for view in page]})

    def post(self, request: Request) -> Response:
        return self.write(self.create)

    def create(self, actor: User) -> Answer:
        values = self.values(actor, view=None)
        view = view_create(actor=actor, kind=values.pop("kind"), values=values)
        return Answer(201, shown(view), etag(view.version))

    def operation(self, method: str) -> Operation:
        if method == "get":
            names = {"type": "string", "enum": [resource.name for resource in listed().values()]}
            return Operation(
                "views_list",
                "List saved views",
                TAG,
                {200: ops.page_of("SavedViewPage", ViewOutput)},
                parameters=(
                    OpenApiParameter("kind", names, ops.QUERY),
                    ops.PAGE[0],
                    ops.text_parameter("after", "The id after which the page begins.", int),
                ),
            )
        return Operation(
            "views_create",
            "Keep a list under a name",
            TAG,
            {201: ViewOutput},
            request=ViewInput,
            parameters=(ops.IDEMPOTENCY_KEY,),
            errors=ops.WITH_BODY,
        )


class SavedRecordView(SavedView):
    http_method_names = ["get", "head", "patch", "delete"]

    def get(self, request: Request, pk: int) -> Response:
        view = self.found(self.user, pk)
        return Response(shown(view), headers=etag(view.version))

    def patch(self, request: Request, pk: int) -> Response:
        return self.write(lambda actor: self.edit(actor, pk))

    def edit(self, actor: User, pk: int) -> Answer:
        view = self.found(actor, pk)
        version = self.checked(view)
        values = self.values(actor, view=view)
        try:
            view = view_edit(actor=actor, view=view, values=values, version=version)
        except StaleRecord as fault:
            raise self.stale(fault.current) from fault
        return Answer(200, shown(view), etag(view.version))

    def delete(self, request: Request, pk: int) -> Response:
        return self.write(lambda actor: self.remove(actor, pk))

    def remove(self, actor: User, pk: int) -> Answer:
        view = self.found(actor, pk)
        self.checked(view)
        view_delete(actor=actor, view=view)
        return Answer(204)

    def operation(self, method: str) -> Operation:
        names = {"get": "views_retrieve", "patch": "views_edit", "delete": "views_delete"}
        words = {"get": "Read a saved view", "patch": "Change a saved view", "delete": "Delete a saved view"}
        errors = {
            "get": (),
            "patch": (*ops.WITH_BODY, *ops.WITH_VERSION),
            "delete": (409, 422, *ops.WITH_VERSION),
        }
        return Operation(
            names[method],
            words[method],
            TAG,
            {204: None} if method == "delete" else {200: ViewOutput},
            request=ViewInput(partial=True) if method == "patch" else None,
            parameters=() if method == "get" else (ops.IF_MATCH,),
            errors=errors[method],
        )


class SavedRestoreView(SavedView):
    http_method_names = ["post"]

    def post(self, request: Request, pk: int) -> Response:
        return self.write(lambda actor: self.restore(actor, pk))

    def restore(self, actor: User, pk: int) -> Answer:
        view = (
            View.objects.filter(pk=pk, owner=actor, deleted_at__isnull=False).first()
            if pk < LARGEST_ID
            else None
        )
        if view is None or view.kind not in self.seen(actor):
            raise Http404
        view = view_restore(actor=actor, view=view)
        return Answer(200, shown(view), etag(view.version))

    def operation(self, method: str) -> Operation:
        return Operation(
            "views_restore",
            "Bring a deleted view back",
            TAG,
            {200: ViewOutput},
            parameters=(ops.IDEMPOTENCY_KEY,),
            errors=ops.WITH_BODY,
        )


class SavedRowsView(SavedView):
    """What the list shows when the view is opened, as far as this reader may see it."""

    http_method_names = ["get", "head"]
    parameters = {"get": None}

    def get(self, request: Request, pk: int) -> Response:
        view = self.found(self.user, pk)
        resource = resource_of(view.kind)
        if resource is None:
            raise Http404
        require_verb(resource, "view", self.user, request.auth)
        state = read_state(resource.record_kind, self.user, QueryDict(f"view={view.pk}"))
        if state.rule_error:
            raise Problem(409, state.rule_error)
        params = with_defaults(self.params, state)
        rows = base_rows(resource, self.user).filter(pk__in=state.rows().order_by().values("pk"))
        return Response(read_page(resource, self.user, rows, params, links(request, self.params)))

    def operation(self, method: str) -> Operation:
        return Operation(
            "views_rows",
            "The records that a saved view shows, with its columns and order unless others are asked for",
            TAG,
            {200: RowsOutput},
            parameters=(
                ops.FIELDS,
                *ops.PAGE,
                ops.text_parameter("sort", "A field, with - from the largest."),
            ),
            errors=(409,),
        )


def with_defaults(params: QueryDict, state: ListState) -> QueryDict:
    found = params.copy()
    found.setdefault("sort", state.sort[0])
    found.setdefault("fields", ",".join(column.field.key for column in state.columns))
    return found


def kind_named(name: str, seen: list[str]) -> Kind:
    found = resources().get(name)
    if found is None or found.kind not in listed():
        raise refused([{"field": "kind", "detail": _("There are no lists of these records.")}])
    if found.kind not in seen:
        raise PermissionDenied
    return found.record_kind


def checked_rule(kind: Kind, user: User, rule: Mapping[str, Any]) -> dict[str, Any]:
    try:
        node = read_tree(rule)
        compiled(Reading.of(kind, user), node)
    except RuleError as fault:
        raise of_rule(fault) from fault
    return write_tree(node)


def checked_columns(kind: Kind, user: User, names: list[str]) -> list[list[Any]]:
    known = fields_for(kind.key, user)
    unknown = [name for name in names if name not in known or not known[name].is_column]
    if unknown:
        raise refused([{"field": "columns", "detail": _('There is no column "%s".') % unknown[0]}])
    return [[name, 0] for name in dict.fromkeys(names)]


def checked_params(kind: Kind, params: Mapping[str, str]) -> dict[str, str]:
    filters = kind.filter_class.base_filters if kind.filter_class else {}
    known = {*filters, "sort", "group", "layout", "board"}
    unknown = sorted(set(params) - known)
    if unknown or len(params) > MOST_PARAMS:
        raise refused([{"field": "params", "detail": _("There is no such parameter.")}])
    return dict(params)
