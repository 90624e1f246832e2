"""Rules: what can be asked, how a rule reads and what is wrong with it, why a record is in or not."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from crm.access.services import allowed
from crm.api import operations as ops
from crm.api.inputs import StrictSerializer, TextField
from crm.api.operations import Operation
from crm.api.problems import bad_request, of_rule, refused
from crm.api.resources import Resource, resources
from crm.api.views.base import ApiView
from crm.api.writing import require_verb
from crm.lists.catalogue import catalogue, words
from crm.lists.rule_pages import problem
from crm.rules.compile import Reading, compiled, problems
from crm.rules.errors import RuleError
from crm.rules.estimate import estimate, exact
from crm.rules.explain import explain
from crm.rules.tree import Node, read_tree
from crm.rules.words import in_words

TAG = "rules"
COUNTS = ("none", "estimate", "exact")


class RuleInput(StrictSerializer):
    """`kind` is the name of a resource, such as customers."""

    kind = TextField(max_length=40)
    rule = serializers.DictField(required=False)


class CheckInput(RuleInput):
    count = serializers.ChoiceField(choices=COUNTS, required=False, default="estimate")


class ExplainInput(RuleInput):
    id = serializers.IntegerField(min_value=1, max_value=2**63 - 1)


class RuleProblem(serializers.Serializer):
    place = serializers.ListField(child=serializers.IntegerField())
    text = serializers.CharField()


class CheckOutput(serializers.Serializer):
    reading = serializers.CharField()
    problems = RuleProblem(many=True)
    count = serializers.IntegerField(required=False)
    is_exact = serializers.BooleanField(required=False)


class ExplainLine(serializers.Serializer):
    depth = serializers.IntegerField()
    text = serializers.CharField()
    verdict = serializers.BooleanField(allow_null=True)
    holds = serializers.CharField()


class ExplainOutput(serializers.Serializer):
    reading = serializers.CharField()
    verdict = serializers.BooleanField(allow_null=True)
    lines = ExplainLine(many=True)


class CatalogueOutput(serializers.Serializer):
    kind = serializers.CharField()
    fields_ = serializers.ListField(child=serializers.DictField())
    related = serializers.ListField(child=serializers.DictField())
    operators = serializers.DictField()

    def get_fields(self) -> dict[str, Any]:
        found: dict[str, Any] = super().get_fields()
        found["fields"] = found.pop("fields_")  # a name that the class itself has
        return found


class RuleView(ApiView):
    def resource_named(self, name: str) -> Resource:
        """What the reader may see of these records is asked as in their list. Raises PermissionDenied."""
        found = resources().get(name)
        if found is None:
            raise refused([{"field": "kind", "detail": f"There are no such records: {name[:40]}."}])
        require_verb(found, "view", self.user, self.request.auth)
        return found

    def asked(self, serializer: type[StrictSerializer]) -> Any:
        found = serializer(data=self.request.data)
        found.is_valid(raise_exception=True)
        return found.validated_data

    def node(self, values: Any) -> Node:
        try:
            return read_tree(values.get("rule"))
        except RuleError as fault:
            raise of_rule(fault) from fault


class RuleCheckView(RuleView):
    http_method_names = ["post"]
    writes = ()

    def post(self, request: Request) -> Response:
        values = self.asked(CheckInput)
        resource, node = self.resource_named(values["kind"]), self.node(values)
        reading = Reading.of(resource.record_kind, self.user)
        found = [problem(fault) for fault in problems(reading.kind, self.user, node)]
        told: dict[str, Any] = {"reading": in_words(reading, node), "problems": found}
        if not found and values["count"] != "none":
            rows: Any = resource.visible(self.user).filter(compiled(reading, node))
            count = exact(rows) if values["count"] == "exact" else estimate(rows)
            told |= {"count": count.count, "is_exact": count.is_exact}
        return Response(told)

    def operation(self, method: str) -> Operation:
        return Operation(
            "rules_check",
            "Read a rule back in words, tell what is wrong with it, count what it leaves",
            TAG,
            {200: CheckOutput},
            request=CheckInput,
            errors=ops.WITH_BODY,
        )


class RuleExplainView(RuleView):
    http_method_names = ["post"]
    writes = ()

    def post(self, request: Request) -> Response:
        values = self.asked(ExplainInput)
        resource, node = self.resource_named(values["kind"]), self.node(values)
        if not resource.visible(self.user).filter(pk=values["id"]).exists():
            raise Http404
        reading = Reading.of(resource.record_kind, self.user)
        lines = explain(reading, node, values["id"])
        told = [
            {"depth": line.depth, "text": line.text, "verdict": line.verdict, "holds": line.holds or ""}
            for line in lines
        ]
        first = lines[0].verdict if lines else True
        return Response({"reading": in_words(reading, node), "verdict": first, "lines": told})

    def operation(self, method: str) -> Operation:
        return Operation(
            "rules_explain",
            "Why a record is in a rule, or why not: each condition with what the record holds",
            TAG,
            {200: ExplainOutput},
            request=ExplainInput,
            errors=ops.WITH_BODY,
        )


class RuleCatalogueView(RuleView):
    http_method_names = ["get", "head"]
    parameters = {"get": frozenset({"kind"})}

    def get(self, request: Request) -> Response:
        resource = resources().get(self.params.get("kind", ""))
        if resource is None:
            raise bad_request("Say which records: ?kind=customers.", "kind")
        require_verb(resource, "view", self.user, request.auth)
        if not allowed(self.user, resource.record_kind.permission("view")):
            raise PermissionDenied
        told = catalogue(resource.record_kind, self.user) | {"operators": words()}
        return Response(told | {"kind": resource.name})

    def operation(self, method: str) -> Operation:
        names = {"type": "string", "enum": list(resources())}
        kind = OpenApiParameter("kind", names, ops.QUERY, required=True)
        return Operation(
            "rules_catalogue",
            "The fields that rules can ask, with their operators and choices",
            TAG,
            {200: CatalogueOutput},
            parameters=(kind,),
        )
